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

/** The media type of bytes as their first ones tell it; `undefined` for an unknown format, text among them. */
export function sniffMediaType(bytes: Uint8Array): string | undefined {
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
