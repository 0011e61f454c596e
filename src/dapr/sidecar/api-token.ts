import { timingSafeEqual } from "node:crypto";

/** The header, and the key of gRPC's metadata, that carries the token. */
export const TOKEN_HEADER = "dapr-api-token";

/**
 * Whether a request may pass.
 *
 * @param token the sidecar's own; `undefined` for none: then everybody may.
 */
export function isAuthorised(given: string | string[] | undefined | null, token: string | undefined): boolean {
  if (token === undefined || token === "") return true;
  if (typeof given !== "string") return false;
  const [a, b] = [Buffer.from(given), Buffer.from(token)];
  return a.length === b.length && timingSafeEqual(a, b);
}
