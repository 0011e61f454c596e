/** How the base64 of each kind of image begins, from the first bytes of its format. */
const BEGINNINGS: readonly [base64: string, mediaType: string][] = [
  ["iVBORw0KGg", "image/png"],
  ["/9j/", "image/jpeg"],
  ["R0lGOD", "image/gif"],
  ["UklGR", "image/webp"],
  ["Qk", "image/bmp"],
];

/** The media type of an image that comes as nothing but base64; `image/*` for an unknown one. */
export function imageType(base64: string): string {
  return BEGINNINGS.find(([beginning]) => base64.startsWith(beginning))?.[1] ?? "image/*";
}
