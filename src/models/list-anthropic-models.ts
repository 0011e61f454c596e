import type { ModelInfo } from "../stream/chat-model.js";
import { isJsonObject, type JsonObject } from "../stream/json.js";
import type { GetJson } from "./provider.js";

/** Most models that the API gives at once. */
const LIMIT = 1_000;

/** Lists models as Anthropic's `GET /v1/models` gives them. */
export async function listAnthropicModels(get: GetJson): Promise<ModelInfo[]> {
  const body = await get(`/v1/models?limit=${LIMIT}`);
  const rows = isJsonObject(body) && Array.isArray(body.data) ? body.data : [];
  return rows.filter(isJsonObject).flatMap((row) => (typeof row.id === "string" ? [modelInfo(row.id, row)] : []));
}

function modelInfo(id: string, { display_name: name, created_at: created }: JsonObject): ModelInfo {
  return {
    id,
    ...(typeof name === "string" && { name }),
    ...(typeof created === "string" && { created: new Date(created).toISOString() }),
  };
}
