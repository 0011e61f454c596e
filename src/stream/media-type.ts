/** A format as its first bytes tell it: the bytes at an offset, and the media type they mean. */
type Signature = readonly [at: number, bytes: string, mediaType: string];

/**
 * First bytes of the formats that models take, as Latin-1 text (https://mimesniff.spec.whatwg.org, sections 6.1 and 6.2;
 * FLAC: RFC 9639; AAC: ISO/IEC 13818-7, ADTS; TIFF: TIFF 6.0; RTF and ZIP: their specifications).
 */
const SIGNATURES: readonly Signature[] = [
  [0, "\x89PNG\r\n\x1a\n", "image/png"],
  [0, "\xff\xd8\xff", "image/jpeg"],
  [0, "GIF87a", "image/gif"],
  [0, "GIF89a", "image/gif"],
  [8, "WEBPVP", "image/webp"],
  [0, "BM", "image/bmp"],
  [0, "II*\0", "image/tiff"],
  [0, "MM\0*", "image/tiff"],
  [0, "%PDF-", "application/pdf"],
  [8, "WAVE", "audio/wav"],
  [8, "AIFF", "audio/aiff"],
  [0, "ID3", "audio/mpeg"],
  [0, "fLaC", "audio/flac"],
  [0, "OggS\0", "audio/ogg"],
  [0, "\x1aE\xdf\xa3", "video/webm"],
  [0, "{\\rtf", "application/rtf"],
  [0, "PK\x03\x04", "application/zip"],
];

/** Brands of ISO base media files (ISO/IEC 14496-12, the `ftyp` box); any other is a video. */
const BRANDS: Readonly<Record<string, string>> = {
  avif: "image/avif",
  avis: "image/avif",
  heic: "image/heic",
  heix: "image/heic",
  mif1: "image/heif",
  "M4A ": "audio/mp4",
  "M4B ": "audio/mp4",
  "qt  ": "video/quicktime",
};

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
  const sniffed = sniff(bytes);
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

function sniff(bytes: Uint8Array): string | undefined {
  const head = String.fromCharCode(...bytes.subarray(0, 16));
  if (head.startsWith("ftyp", 4)) return BRANDS[head.slice(8, 12)] ?? "video/mp4";
  const found = SIGNATURES.find(([at, signature]) => head.startsWith(signature, at))?.[2];
  return found ?? frameType(bytes);
}

/** Sound without a header begins with a frame's sync word: MPEG audio (ISO/IEC 11172-3), or AAC in ADTS frames. */
function frameType([first = 0, second = 0]: Uint8Array): string | undefined {
  if (first !== 0xff || (second & 0xe0) !== 0xe0) return undefined;
  const layer = second & 0x06;
  if (layer === 0) return (second & 0xf0) === 0xf0 ? "audio/aac" : undefined;
  return "audio/mpeg";
}

/** Whether the bytes begin like UTF-8 text: valid, and without control characters that no text has. */
function isText(bytes: Uint8Array): boolean {
  const probe = bytes.subarray(0, TEXT_PROBE);
  if (probe.some((byte) => byte < 0x20 && (byte < 0x07 || (byte > 0x0d && byte !== 0x1b)))) return false;
  try {
    // A character may be cut at the probe's end, so that end is not held against it.
    new TextDecoder("utf-8", { fatal: true }).decode(probe, { stream: true });
    return true;
  } catch {
    return false;
  }
}
