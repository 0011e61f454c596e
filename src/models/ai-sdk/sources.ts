import { isJsonObject, type JsonObject } from "../../base/json.js";
import type { Source } from "../../stream/chat-event.js";
import type { SourceContent } from "./language-model.js";
import { annotation, noteIn, readMetadata, readOpaque, writeMetadata } from "./metadata.js";

/** A source of any version. */
export function readSource(part: object): Source {
  const metadata: unknown = Reflect.get(part, "providerMetadata");
  const noted = noteIn(metadata).source;
  const kind = Reflect.get(part, "sourceType") === "document" ? "document" : "url";
  const fields = texts(part, ["id", "url", "title", "filename", "mediaType"]);
  if (isJsonObject(noted)) {
    // What was made up, since the part must have it, is `null` in the note.
    for (const name of ["id", "title", "mediaType"] as const) if (noted[name] === null) delete fields[name];
    return { kind, ...fields, ...readNoted(noted) };
  }
  const source: Source = { kind, ...fields };
  const opaque = readMetadata(metadata);
  return opaque === undefined ? source : { ...source, opaque };
}

/** A citation of version 4: a source, and the words of the answer that it stands for. */
export function readCitation(citation: unknown): Source | undefined {
  if (typeof citation !== "object" || citation === null) return undefined;
  const cited: unknown = Reflect.get(citation, "source");
  if (typeof cited !== "object" || cited === null) return undefined;
  const start: unknown = Reflect.get(citation, "startIndex");
  const end: unknown = Reflect.get(citation, "endIndex");
  const { citedText: quote } = texts(citation, ["citedText"]);
  return {
    ...readSource(cited),
    ...(quote !== undefined && { quote }),
    ...(typeof start === "number" && typeof end === "number" && { span: { start, end } }),
  };
}

/** As all versions have it. Quote and span, which they have no place for, stand in our note. */
export function writeSource(source: Source, fallbackId: string): SourceContent {
  const { kind, id, url, title, filename, mediaType, quote, span, opaque } = source;
  const more: JsonObject = {
    ...(quote !== undefined && { quote }),
    ...(span !== undefined && { span: { ...span } }),
    ...(id === undefined && { id: null }),
    ...(kind === "document" && url !== undefined && { url }),
    ...(kind === "document" && title === undefined && { title: null }),
    ...(kind === "document" && mediaType === undefined && { mediaType: null }),
    ...(kind === "url" && filename !== undefined && { filename }),
    ...(kind === "url" && mediaType !== undefined && { mediaType }),
  };
  const plain = Object.keys(more).length === 0;
  const native = annotation(writeMetadata(opaque));
  const stated: JsonObject = opaque === undefined ? {} : { opaque: { dialect: opaque.dialect, data: opaque.data } };
  const annotated = plain ? native : annotation(writeMetadata(undefined, { source: { ...more, ...stated } }));
  const shared = { type: "source" as const, id: id ?? fallbackId, ...annotated };
  if (kind === "url") return { ...shared, sourceType: "url", url: url ?? "", ...(title !== undefined && { title }) };
  return {
    ...shared,
    sourceType: "document",
    mediaType: mediaType ?? "application/octet-stream",
    title: title ?? filename ?? url ?? "document",
    ...(filename !== undefined && { filename }),
  };
}

/** What our note says beyond the part's own fields. */
function readNoted(noted: JsonObject): Partial<Source> {
  const { span, opaque } = noted;
  const state = readOpaque(opaque);
  const spanned = isJsonObject(span) && typeof span.start === "number" && typeof span.end === "number";
  return {
    ...texts(noted, ["quote", "url", "filename", "mediaType"]),
    ...(spanned && { span: { start: Number(span.start), end: Number(span.end) } }),
    ...(state !== undefined && { opaque: state }),
  };
}

function texts<Name extends string>(from: object, names: readonly Name[]): { [name in Name]?: string } {
  const found: { [name in Name]?: string } = {};
  for (const name of names) {
    const value: unknown = Reflect.get(from, name);
    if (typeof value === "string") found[name] = value;
  }
  return found;
}
