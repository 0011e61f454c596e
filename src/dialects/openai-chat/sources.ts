import { isJsonObject, type JsonObject, type JsonValue } from "../../base/json.js";
import type { Emit, Source } from "../../stream/chat-event.js";
import { ownOpaque } from "./opaque.js";

/** Emits each source once, although Perplexity repeats its list in every chunk. */
export class CitedSources {
  /** Made when it is needed: most answers have none. */
  #seen: Set<string> | undefined;

  /** Takes what a chunk or a message says of sources: OpenAI's annotations, Perplexity's citations and search results. */
  push(chunk: JsonObject, message: JsonObject, emit: Emit): void {
    for (const annotation of list(message.annotations)) {
      const source = readAnnotation(annotation);
      if (source !== undefined) this.#emit(source, emit);
      else emit({ type: "data", name: "provider/annotation", value: annotation });
    }
    // A search result says more than the bare address in the citations.
    for (const result of list(chunk.search_results)) {
      const source = readSearchResult(result);
      if (source !== undefined) this.#emit(source, emit);
    }
    for (const url of list(chunk.citations)) if (typeof url === "string") this.#emit({ kind: "url", url }, emit);
  }

  #emit(source: Source, emit: Emit): void {
    const key = `${source.url}\n${source.span?.start ?? ""}`;
    this.#seen ??= new Set();
    if (this.#seen.has(key)) return;
    this.#seen.add(key);
    emit({ type: "source", source });
  }
}

function readAnnotation(annotation: JsonValue): Source | undefined {
  if (!isJsonObject(annotation) || !isJsonObject(annotation.url_citation)) return undefined;
  const { url, title, content, start_index: start, end_index: end } = annotation.url_citation;
  if (typeof url !== "string") return undefined;
  const source: Source = { kind: "url", url };
  // The protocol wants a title: one that is the address says nothing.
  if (typeof title === "string" && title !== url) source.title = title;
  if (typeof content === "string") source.quote = content;
  // An empty span says nothing: it is what is written where the span is not known.
  if (typeof start === "number" && typeof end === "number" && end > start) source.span = { start, end };
  return source;
}

function readSearchResult(result: JsonValue): Source | undefined {
  if (!isJsonObject(result) || typeof result.url !== "string") return undefined;
  const { url, title, snippet, ...more } = result;
  const source: Source = { kind: "url", url: result.url };
  if (typeof title === "string") source.title = title;
  if (typeof snippet === "string") source.quote = snippet;
  // When the page was made and changed, and where it was found.
  if (Object.keys(more).length > 0) source.opaque = ownOpaque(result);
  return source;
}

/** A source as an annotation; `undefined` for one without an address, which this protocol has no way to say. */
export function writeAnnotation(source: Source): JsonObject | undefined {
  if (source.url === undefined) return undefined;
  const citation: JsonObject = {
    url: source.url,
    title: source.title ?? source.url,
    start_index: source.span?.start ?? 0,
    end_index: source.span?.end ?? 0,
  };
  if (source.quote !== undefined) citation.content = source.quote;
  return { type: "url_citation", url_citation: citation };
}

function list(value: JsonValue | undefined): JsonValue[] {
  return Array.isArray(value) ? value : [];
}
