import type { JsonObject, JsonValue } from "../../base/json.js";
import type { Source } from "../../stream/chat-event.js";
import { readCarried, writeCarried } from "../carried.js";
import { ownData, ownOpaque } from "./opaque.js";

/** A citation as a source. It cites a whole text block, so the span is that of the block. */
export function readCitation(citation: JsonObject, blockLength: number): Source {
  const carried = typeof citation.encrypted_index === "string" ? readCarried(citation.encrypted_index) : undefined;
  if (carried?.kind === "source") return carried.source;
  const source: Source = { kind: typeof citation.url === "string" ? "url" : "document" };
  const from = citation.source;
  set(source, "url", citation.url ?? (isAddress(from) ? from : undefined));
  set(source, "id", citation.file_id ?? (isAddress(from) ? undefined : from));
  set(source, "title", citation.title ?? citation.document_title);
  set(source, "quote", citation.cited_text);
  return { ...source, span: { start: 0, end: blockLength }, opaque: ownOpaque(citation) };
}

/** A source as a citation: as Anthropic gave it, or in the form of a search result for one of another model. */
export function writeCitation(source: Source): JsonObject {
  const own = ownData(source.opaque);
  if (own !== undefined) return own;
  const cited = source.quote ?? "";
  const title = source.title ?? source.filename ?? null;
  if (source.kind === "url" && source.url !== undefined) {
    const encrypted_index = writeCarried({ kind: "source", source });
    return { type: "web_search_result_location", cited_text: cited, url: source.url, title, encrypted_index };
  }
  return {
    type: "search_result_location",
    cited_text: cited,
    source: source.url ?? source.id ?? source.filename ?? "",
    title,
    search_result_index: 0,
    start_block_index: 0,
    end_block_index: 0,
  };
}

function set(source: Source, key: "url" | "id" | "title" | "quote", value: JsonValue | undefined): void {
  if (typeof value === "string" && value !== "") source[key] = value;
}

/** Whether what a search result is called is an address. */
function isAddress(value: JsonValue | undefined): boolean {
  return typeof value === "string" && /^[a-z][a-z\d+.-]*:\/\//i.test(value);
}
