import { isJsonObject, type JsonObject, type JsonValue } from "../../base/json.js";
import type { Source } from "../../stream/chat-event.js";
import { ownData, ownOpaque } from "./opaque.js";

/** An annotation of a text as a source: a web page, a file of a search, a file that code wrote. */
export function readAnnotation(annotation: JsonValue | undefined): Source | undefined {
  if (!isJsonObject(annotation)) return undefined;
  const { type, url, title, filename, file_id: file, content, start_index: start, end_index: end } = annotation;
  const source: Source = { kind: type === "url_citation" ? "url" : "document" };
  if (typeof url === "string") source.url = url;
  // The protocol wants a title: one that is the address says nothing.
  if (typeof title === "string" && title !== url) source.title = title;
  if (typeof filename === "string") source.filename = filename;
  if (typeof file === "string" && file !== "") source.id = file;
  if (typeof content === "string") source.quote = content;
  // An empty span says nothing: it is what is written where the span is not known.
  if (typeof start === "number" && typeof end === "number" && end > start) source.span = { start, end };
  if (!isPlain(annotation)) source.opaque = ownOpaque(annotation);
  return source;
}

/** The fields of each kind of annotation: https://platform.openai.com/docs/api-reference/responses/create */
const FIELDS: Readonly<Record<string, readonly string[]>> = {
  url_citation: ["type", "start_index", "end_index", "url", "title"],
  file_citation: ["type", "file_id", "filename", "index"],
  container_file_citation: ["type", "container_id", "file_id", "filename", "start_index", "end_index"],
  file_path: ["type", "file_id", "index"],
};

/** A source as an annotation for the service, with the fields that it came with: the API refuses fields that it does not know. */
export function writeAnnotation(source: Source): JsonObject {
  const own = ownData(source.opaque);
  if (own !== undefined) return withoutMore(own);
  const { url, title, filename, id, span } = source;
  if (url !== undefined) {
    const place = { start_index: span?.start ?? 0, end_index: span?.end ?? 0 };
    return { type: "url_citation", ...place, url, title: title ?? url };
  }
  return { type: "file_citation", file_id: id ?? "", filename: filename ?? title ?? "", index: span?.end ?? 0 };
}

/**
 * The same for a client, with all that a source says: the quote stands in `content`, as OpenRouter has it, and the span of a
 * document where a page has it. Clients pass over what they do not know.
 */
export function serveAnnotation(source: Source): JsonObject {
  const own = ownData(source.opaque);
  if (own !== undefined) return own;
  const { url, title, filename, span, quote } = source;
  return {
    ...writeAnnotation(source),
    ...(url === undefined && filename !== undefined && title !== undefined && { title }),
    ...(url === undefined && span !== undefined && { start_index: span.start, end_index: span.end }),
    ...(quote !== undefined && { content: quote }),
  };
}

function withoutMore(own: JsonObject): JsonObject {
  const { type } = own;
  const known = typeof type === "string" && Object.hasOwn(FIELDS, type) ? FIELDS[type] : undefined;
  return known === undefined ? own : Object.fromEntries(Object.entries(own).filter(([name]) => known.includes(name)));
}

/** Whether our event says all of it: then nothing else need be kept. */
function isPlain({ type, start_index: start, end_index: end, ...more }: JsonObject): boolean {
  if (type !== "url_citation" || typeof start !== "number" || typeof end !== "number") return false;
  const { url, title, content = "", ...rest } = more;
  return [url, title, content].every((text) => typeof text === "string") && Object.keys(rest).length === 0;
}
