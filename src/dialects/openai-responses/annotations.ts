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

/**
 * A source as an annotation, as it came where it was this protocol's own. The quote stands in `content`, as OpenRouter has it,
 * and the span of a document where a page has it: clients pass over what they do not know.
 */
export function writeAnnotation(source: Source): JsonObject {
  const own = ownData(source.opaque);
  if (own !== undefined) return own;
  const { url, title, filename, id, span, quote } = source;
  const content = quote === undefined ? {} : { content: quote };
  if (url !== undefined) {
    const place = { start_index: span?.start ?? 0, end_index: span?.end ?? 0 };
    return { type: "url_citation", ...place, url, title: title ?? url, ...content };
  }
  return {
    type: "file_citation",
    file_id: id ?? "",
    filename: filename ?? title ?? "",
    index: span?.end ?? 0,
    ...(filename !== undefined && title !== undefined && { title }),
    ...(span !== undefined && { start_index: span.start, end_index: span.end }),
    ...content,
  };
}

/** Whether our event says all of it: then nothing else need be kept. */
function isPlain({ type, start_index: start, end_index: end, ...more }: JsonObject): boolean {
  if (type !== "url_citation" || typeof start !== "number" || typeof end !== "number") return false;
  const { url, title, content: _, ...rest } = more;
  return typeof url === "string" && typeof title === "string" && Object.keys(rest).length === 0;
}
