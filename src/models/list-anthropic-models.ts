import { isJsonObject, type JsonObject } from "../base/json.js";
import type { ModelInfo } from "../stream/chat-model.js";
import { SluiceError } from "../stream/error.js";
import type { GetJson } from "./provider.js";

/** Most models that the API gives at once. */
const LIMIT = 1_000;

/** Lists models as Anthropic's `GET /v1/models` gives them, page by page. */
export async function listAnthropicModels(get: GetJson): Promise<ModelInfo[]> {
  const models: ModelInfo[] = [];
  const pages = new Set<string>();
  let page = "";
  do {
    pages.add(page);
    const body = await get(`/v1/models?limit=${LIMIT}${page}`);
    if (!isJsonObject(body) || !Array.isArray(body.data)) {
      const frame = JSON.stringify(body).slice(0, 500);
      throw new SluiceError("malformed-frame", "the list of models is none", { frame });
    }
    for (const row of body.data) {
      if (isJsonObject(row) && typeof row.id === "string") models.push(modelInfo(row.id, row));
    }
    const more = body.has_more === true && typeof body.last_id === "string" && body.last_id !== "";
    page = more ? `&after_id=${encodeURIComponent(String(body.last_id))}` : "";
    // A service that gives the same page again would be asked for ever.
  } while (page !== "" && !pages.has(page));
  return models;
}

function modelInfo(id: string, { display_name: name, created_at: created }: JsonObject): ModelInfo {
  const time = typeof created === "string" ? Date.parse(created) : Number.NaN;
  return {
    id,
    ...(typeof name === "string" && { name }),
    ...(!Number.isNaN(time) && { created: new Date(time).toISOString() }),
  };
}
