import { decodeBase64, encodeBase64 } from "../../base/base64.js";
import { isJsonObject, type JsonObject, type JsonValue } from "../../base/json.js";
import { summaryText } from "../../chat/summary-writer.js";
import { SluiceError } from "../../stream/error.js";

/** What stands before a summary of ours: other servers' compactions are for their own models to read. */
const MARK = "sluice-summary:";

/** A summary as an item that a client sends back. It is coded, not encrypted: it says nothing that its client did not. */
export function summaryItem(id: string, text: string): JsonObject {
  const sealed = MARK + encodeBase64(new TextEncoder().encode(text));
  return { id, type: "compaction", encrypted_content: sealed };
}

/** A request in whose input summaries of ours stand as what they say, whichever model reads it. */
export function withSummaries(body: JsonObject): JsonObject {
  const { input } = body;
  if (!Array.isArray(input) || !input.some(isSummary)) return body;
  return { ...body, input: input.map((item) => (isSummary(item) ? messageOf(item.encrypted_content) : item)) };
}

interface SummaryItem extends JsonObject {
  encrypted_content: string;
}

function isSummary(item: JsonValue): item is SummaryItem {
  const sealed = isJsonObject(item) && item.type === "compaction" ? item.encrypted_content : undefined;
  return typeof sealed === "string" && sealed.startsWith(MARK);
}

function messageOf(sealed: string): JsonObject {
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(decodeBase64(sealed.slice(MARK.length)));
    return { type: "message", role: "developer", content: summaryText(text) };
  } catch {
    throw new SluiceError("invalid-request", "a compaction item is damaged", { field: "input" });
  }
}
