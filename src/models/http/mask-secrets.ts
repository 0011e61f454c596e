/** Headers whose values are secrets, by their names in lower case. */
const SECRET_HEADER = /authorization|cookie|api-?key|secret|password|token$/;

/** Query parameters that carry keys. */
const SECRET_QUERY = /([?&](?:key|api[-_]?key|access[-_]?token|token|sig|signature)=)([^&#]*)/gi;

/** `user:password@` in a URL. */
const CREDENTIALS = /^([a-z][a-z0-9+.-]*:\/\/)[^/@]*@/i;

/** Headers with their secrets masked. */
export function maskHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      SECRET_HEADER.test(name.toLowerCase()) ? maskHeaderValue(name.toLowerCase(), value) : value,
    ]),
  );
}

/** A URL with keys in its query and credentials before its host masked. */
export function maskUrl(url: string): string {
  return url
    .replace(CREDENTIALS, "$1…@")
    .replace(SECRET_QUERY, (_all, name: string, value: string) => name + maskSecret(value));
}

/** A secret with at most its first and last two characters left, and those only of one with at least 16. */
export function maskSecret(secret: string): string {
  return secret.length < 16 ? "…" : `${secret.slice(0, 2)}…${secret.slice(-2)}`;
}

/** Keeps the scheme of `Authorization: Bearer …`. A cookie holds several secrets, so nothing of it is shown. */
function maskHeaderValue(name: string, value: string): string {
  if (name.includes("cookie")) return "…";
  const scheme = /^(\w+) +(.*)$/.exec(value);
  return scheme === null ? maskSecret(value) : `${scheme[1]} ${maskSecret(scheme[2] ?? "")}`;
}
