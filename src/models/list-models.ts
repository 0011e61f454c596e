import type { CallOptions, ModelInfo } from "../stream/chat-model.js";
import { HttpService, type HttpServiceOptions } from "./http/http-service.js";
import { getJson } from "./http/json-calls.js";
import type { Provider } from "./provider.js";

/** The models that a provider offers, as `model()` takes them. */
export async function listModels(
  provider: Provider,
  id: string,
  options: HttpServiceOptions,
  call: CallOptions = {},
): Promise<ModelInfo[]> {
  const service = new HttpService(options);
  await provider.dialect.load?.();
  const found = await provider.list?.((path) => getJson(service, id, path, provider.dialect.readError, call));
  return (found ?? []).map((info) => ({ ...info, id: `${provider.id}/${info.id}` }));
}
