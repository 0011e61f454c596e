import { isJsonObject, type JsonObject, type JsonValue } from "../../base/json.js";
import type { CompactedHistory } from "../../stream/chat-model.js";
import type { HistoryCompaction } from "../dialect.js";
import { errorIn } from "../openai-error.js";
import { malformed } from "../parse-frame.js";
import { WireObject } from "../wire-object.js";
import { readInput } from "./read-input.js";
import { readUsage } from "./usage.js";
import { writeRequest } from "./write-request.js";

/** Fields of a request for an answer that one for a compaction has as well. */
const FIELDS = ["model", "input", "instructions", "prompt_cache_key", "prompt_cache_retention", "service_tier"];

/** `POST /responses/compact`, as https://platform.openai.com/docs/api-reference/responses/compact describes it. */
export const compaction: HistoryCompaction = {
  write(request, model) {
    const { path, body } = writeRequest(request, { model, stream: false });
    const fields = isJsonObject(body) ? body : {};
    const kept: JsonObject = Object.fromEntries(Object.entries(fields).filter(([name]) => FIELDS.includes(name)));
    return { path: `${path}/compact`, body: kept };
  },
  read,
};

/** The user's messages, and the item in which everything else is. @throws {SluiceError} `malformed-frame` for anything else. */
function read(body: JsonValue): CompactedHistory {
  const text = JSON.stringify(body);
  if (!isJsonObject(body)) throw malformed(text, "not a JSON object");
  const error = errorIn(body);
  if (error !== undefined) throw error;
  const { output, usage } = body;
  if (!Array.isArray(output) || !output.some((item) => isJsonObject(item) && item.type === "compaction"))
    throw malformed(text, "no compaction");
  return {
    messages: readInput(new WireObject({ input: output }, "output")),
    usage: isJsonObject(usage) ? readUsage(usage) : {},
  };
}
