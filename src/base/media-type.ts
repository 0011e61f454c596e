import { sniffMediaType } from "./sniff-media-type.js";

/** Media types by the ends of names, for what first bytes do not tell. */
const BY_NAME: Readonly<Record<string, string>> = {
  avif: "image/avif",
  bmp: "image/bmp",
  gif: "image/gif",
  heic: "image/heic",
  jpeg: "image/jpeg",
  jpg: "image/jpeg",
  png: "image/png",
  svg: "image/svg+xml",
  tif: "image/tiff",
  tiff: "image/tiff",
  webp: "image/webp",
  aac: "audio/aac",
  aiff: "audio/aiff",
  flac: "audio/flac",
  m4a: "audio/mp4",
  mp3: "audio/mpeg",
  oga: "audio/ogg",
  ogg: "audio/ogg",
  opus: "audio/ogg",
  wav: "audio/wav",
  mov: "video/quicktime",
  mp4: "video/mp4",
  webm: "video/webm",
  css: "text/css",
  csv: "text/csv",
  htm: "text/html",
  html: "text/html",
  js: "text/javascript",
  json: "application/json",
  md: "text/markdown",
  pdf: "application/pdf",
  rtf: "application/rtf",
  txt: "text/plain",
  xml: "application/xml",
  yaml: "application/yaml",
  yml: "application/yaml",
  docx: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
  pptx: "application/vnd.openxmlformats-officedocument.presentationml.presentation",
  xlsx: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
};

/** Types whose files are text. */
const WRITTEN = /^text\/|[/+](json|xml|yaml)$/;
/** Types whose files are ZIP archives. */
const ARCHIVED = /^application\/vnd\.openxmlformats/;
/** How many bytes are looked at to tell whether a file is text. */
const TEXT_PROBE = 4_096;

/**
 * The media type of bytes: from their first bytes; where these say no more than that it is text or an archive, from the
 * name's end (`.csv`, `.docx`). `undefined` for bytes of an unknown format.
 *
 * @param filename with or without folders.
 */
export function mediaTypeOf(bytes: Uint8Array, filename?: string): string | undefined {
  const named = filename === undefined ? undefined : mediaTypeOfName(filename);
  const sniffed = sniffMediaType(bytes);
  if (sniffed !== undefined && sniffed !== "application/zip") return sniffed;
  if (sniffed === undefined && !isText(bytes)) return undefined;
  const allowed = sniffed === undefined ? WRITTEN : ARCHIVED;
  return named !== undefined && allowed.test(named) ? named : (sniffed ?? "text/plain");
}

/** The media type that the end of a name or of a URL's path means; `undefined` for an unknown one. */
export function mediaTypeOfName(name: string): string | undefined {
  const end = name.slice(name.lastIndexOf(".") + 1).toLowerCase();
  return Object.hasOwn(BY_NAME, end) ? BY_NAME[end] : undefined;
}

/** Whether the bytes begin like UTF-8 text: valid, and without control characters that no text has. */
function isText(bytes: Uint8Array): boolean {
  const probe = bytes.subarray(0, TEXT_PROBE);
  if (probe.some((byte) => byte < 0x20 && (byte < 0x07 || (byte > 0x0d && byte !== 0x1b)))) return false;
  try {
    // A character may be cut at the probe's end, so an incomplete character there does not count.
    new TextDecoder("utf-8", { fatal: true }).decode(probe, { stream: true });
    return true;
  } catch {
    return false;
  }
}
