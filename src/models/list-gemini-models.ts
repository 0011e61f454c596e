import { isJsonObject, type JsonObject } from "../base/json.js";
import type { ModelInfo } from "../stream/chat-model.js";
import type { GetJson } from "./provider.js";

/** Most models that the API gives at once. */
const LIMIT = 1_000;

/** Lists the models that answer, as Google's `GET /v1beta/models` gives them, page by page. */
export async function listGeminiModels(get: GetJson): Promise<ModelInfo[]> {
  const models: ModelInfo[] = [];
  const pages = new Set<string>();
  let page = "";
  do {
    pages.add(page);
    const body = await get(`/models?pageSize=${LIMIT}${page}`);
    const rows = isJsonObject(body) && Array.isArray(body.models) ? body.models : [];
    for (const row of rows) if (isJsonObject(row) && answers(row)) models.push(modelInfo(row.name, row));
    const next = isJsonObject(body) ? body.nextPageToken : undefined;
    page = typeof next === "string" && next !== "" ? `&pageToken=${encodeURIComponent(next)}` : "";
    // A service that gives the same page again would be asked for ever.
  } while (page !== "" && !pages.has(page));
  return models;
}

/** Others make vectors or only images; services that speak the protocol may not say. */
function answers(row: JsonObject): row is JsonObject & { name: string } {
  const { name, supportedGenerationMethods: methods } = row;
  return typeof name === "string" && (!Array.isArray(methods) || methods.includes("generateContent"));
}

function modelInfo(name: string, { displayName, inputTokenLimit }: JsonObject): ModelInfo {
  return {
    id: name.replace(/^models\//, ""),
    ...(typeof displayName === "string" && { name: displayName }),
    ...(typeof inputTokenLimit === "number" && { contextWindow: inputTokenLimit }),
  };
}
