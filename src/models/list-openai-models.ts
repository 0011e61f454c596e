import { isJsonObject, type JsonObject, type JsonValue } from "../base/json.js";
import type { ModelInfo } from "../stream/chat-model.js";
import { SluiceError } from "../stream/error.js";
import type { GetJson } from "./provider.js";

/** The names under which services say how many tokens a model takes: OpenRouter and Together, Groq, vLLM, Mistral. */
const CONTEXT_FIELDS = ["context_length", "context_window", "max_model_len", "max_context_length"];

/** Lists models as OpenAI's `GET /models` gives them. Together sends the list without the object around it. */
export async function listOpenAiModels(get: GetJson): Promise<ModelInfo[]> {
  const body = await get("/models");
  const rows = isJsonObject(body) ? body.data : body;
  if (!Array.isArray(rows)) {
    throw new SluiceError("malformed-frame", "the list of models is none", {
      frame: JSON.stringify(body).slice(0, 500),
    });
  }
  return rows.filter(isJsonObject).flatMap((row) => (typeof row.id === "string" ? [modelInfo(row.id, row)] : []));
}

function modelInfo(id: string, row: JsonObject): ModelInfo {
  const info: ModelInfo = { id };
  const name = row.name ?? row.display_name;
  if (typeof name === "string" && name !== "") info.name = name;
  const context = CONTEXT_FIELDS.map((field) => row[field]).find(isCount);
  if (context !== undefined) info.contextWindow = context;
  // Seconds since the epoch; some services fill in 0.
  if (isCount(row.created)) info.created = new Date(row.created * 1_000).toISOString();
  return info;
}

function isCount(value: JsonValue | undefined): value is number {
  return typeof value === "number" && value > 0;
}
