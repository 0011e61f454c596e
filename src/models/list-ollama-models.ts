import { isJsonObject } from "../base/json.js";
import type { ModelInfo } from "../stream/chat-model.js";
import type { GetJson } from "./provider.js";

/** Lists the models that were pulled, as Ollama's `GET /api/tags` gives them. */
export async function listOllamaModels(get: GetJson): Promise<ModelInfo[]> {
  const body = await get("/api/tags");
  const rows = isJsonObject(body) && Array.isArray(body.models) ? body.models : [];
  return rows.flatMap((row) => (isJsonObject(row) && typeof row.name === "string" ? [{ id: row.name }] : []));
}
