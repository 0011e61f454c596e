import { isJsonObject, type JsonObject, type JsonValue } from "../../base/json.js";
import type { Emit, Source } from "../../stream/chat-event.js";
import type { AnswerText } from "./answer-text.js";
import { objectOf, ownOpaque } from "./opaque.js";

/**
 * The sources of an answer: those of `groundingMetadata`, one for each place they support, and those of
 * `citationMetadata`. A stream may say them again, each time with more; each is reported once.
 */
export class GroundingSources {
  readonly #emitted = new Set<string>();
  /** A later chunk may say what earlier ones support. */
  #chunks: JsonObject[] = [];

  grounding(metadata: JsonObject, text: AnswerText, emit: Emit): void {
    const chunks = objects(metadata.groundingChunks);
    const supports = objects(metadata.groundingSupports);
    // Where code ran in between, a later chunk says only what is new and counts on from the earlier ones.
    if (chunks.length > 0) this.#chunks = lastIndex(supports) < chunks.length ? chunks : [...this.#chunks, ...chunks];
    const found: JsonObject[] = this.#chunks.flatMap((chunk, index) => {
      const own = supports.filter(({ groundingChunkIndices: list }) => Array.isArray(list) && list.includes(index));
      return own.length > 0 ? own.map((support) => ({ chunk, support })) : [{ chunk }];
    });
    const places = found.map((data) => ({ data, source: chunkSource(data), place: objectOf(data.support).segment }));
    this.#emitPlaces(places, text, emit);
  }

  citations(metadata: JsonObject, text: AnswerText, emit: Emit): void {
    // Its first name, which older models still say.
    const citations = objects(metadata.citations ?? metadata.citationSources);
    const places = citations.map((citation) => ({
      data: { citation },
      source: webSource(citation.uri, citation.title),
      place: citation,
    }));
    this.#emitPlaces(places, text, emit);
  }

  #emitPlaces(
    places: readonly { data: JsonObject; source: Source; place: JsonValue | undefined }[],
    text: AnswerText,
    emit: Emit,
  ): void {
    const before = new Set(this.#emitted);
    for (const { data, source, place } of places) {
      const key = JSON.stringify(data);
      if (before.has(key)) continue;
      this.#emitted.add(key);
      const found = isJsonObject(place) ? text.find(place) : undefined;
      const span = found && { span: { start: found.start, end: found.end } };
      emit({
        type: "source",
        source: { ...source, ...span, opaque: ownOpaque(data) },
        ...(found && { block: found.block }),
      });
    }
  }
}

/** The last of the chunks that supports point to; -1 where they point to none. */
function lastIndex(supports: readonly JsonObject[]): number {
  let last = -1;
  for (const { groundingChunkIndices: list } of supports) {
    for (const index of Array.isArray(list) ? list : []) if (typeof index === "number") last = Math.max(last, index);
  }
  return last;
}

/** Sources as the metadata of a candidate, for a client. Offsets are those of all text, in UTF-8 bytes. */
export function writeGrounding(sources: readonly { source: Source; start?: number; end?: number }[]): JsonObject {
  const groundingChunks = sources.map(({ source }) => writeChunk(source));
  const groundingSupports = sources.flatMap(({ source, start, end }, index): JsonObject[] => {
    const own = objectOf(source.opaque?.data).support;
    if (isJsonObject(own)) return [{ ...own, groundingChunkIndices: [index] }];
    if (start === undefined || end === undefined) return [];
    return [{ segment: { startIndex: start, endIndex: end }, groundingChunkIndices: [index] }];
  });
  return { groundingChunks, ...(groundingSupports.length > 0 && { groundingSupports }) };
}

function writeChunk({ kind, id, url, title, filename, quote, opaque }: Source): JsonObject {
  const own = objectOf(opaque?.data).chunk;
  if (isJsonObject(own)) return own;
  const name = title ?? filename;
  const facts = { ...(url !== undefined && { uri: url }), ...(name !== undefined && { title: name }) };
  if (kind === "url") return { web: facts };
  const more = { ...(quote !== undefined && { text: quote }), ...(id !== undefined && { documentName: id }) };
  return { retrievedContext: { ...facts, ...more } };
}

function chunkSource({ chunk }: JsonObject): Source {
  const { web, retrievedContext, maps, image } = objectOf(chunk);
  if (isJsonObject(web)) return webSource(web.uri, web.title);
  if (isJsonObject(image)) return webSource(image.sourceUri, image.title);
  if (isJsonObject(maps)) return { ...webSource(maps.uri, maps.title), ...text("id", maps.placeId) };
  const document = objectOf(retrievedContext);
  return {
    kind: "document",
    ...text("id", document.documentName ?? document.fileSearchStore),
    ...text("url", document.uri),
    ...text("title", document.title),
    ...text("quote", document.text),
  };
}

function webSource(uri: JsonValue | undefined, title: JsonValue | undefined): Source {
  return { kind: "url", ...text("url", uri), ...text("title", title) };
}

function text<K extends string>(key: K, value: JsonValue | undefined): { [P in K]?: string } {
  return typeof value === "string" && value !== "" ? ({ [key]: value } as { [P in K]?: string }) : {};
}

function objects(value: JsonValue | undefined): JsonObject[] {
  return Array.isArray(value) ? value.filter(isJsonObject) : [];
}
