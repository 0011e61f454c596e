import { maskSecret } from "./mask-secret.js";

/**
 * How names end whose values are secrets, in lower case: `authorization`, `ocp-apim-subscription-key`, `helicone-auth`,
 * `x-functions-key`, `client_secret`, `code`.
 */
const SECRET_NAME =
  /(?:key|token|secret|password|passwd|pwd|passphrase|auth|authorization|authentication|cookie|credentials?|signature(?:-\d+)?|assertion|jwt|bearer|session[-_]?id|(?:^|[-_.])(?:pass|sas|ticket))$|(?:^|[-_.])authorization(?:[-_.]|$)/;
/** Names in a URL's query that carry keys beside those. */
const SECRET_QUERY = /(?:^|[-_.])(?:sig|code|code[-_]?verifier|session|otp|pin)$|^appid$/;
/** Names that end so and hold none. */
const OPEN_NAMES = new Set(["idempotency-key", "sec-websocket-key", "prompt_cache_key", "cache-key"]);
/** Headers of ours and of the protocols whose values are known not to be secrets, however they look. */
const OPEN_HEADERS =
  /^(?:accept|content-|user-agent|host|anthropic-(?:version|beta)|openai-|x-stainless-|x-dashscope-|http-referer|referer|x-title|traceparent|tracestate|baggage)/;

/** `user:password@` in a URL. */
const CREDENTIALS = /^((?:[a-z][a-z0-9+.-]*:)?\/\/)[^/@]*@/i;
/** A parameter of a query or of a fragment. Neither its name nor its value can match in two ways. */
const PARAMETER = /([?&#;])([^=&#;?]+)=([^&#;]*)/g;

/** Headers with their secrets masked. */
export function maskHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      isSecretName(name) ? maskHeaderValue(name.toLowerCase(), value) : maskUrl(value),
    ]),
  );
}

/** A URL with keys in its query and credentials before its host masked. */
export function maskUrl(url: string): string {
  return url
    .replace(CREDENTIALS, "$1…@")
    .replace(PARAMETER, (all, sign: string, name: string, value: string) =>
      isSecretParameter(name) ? `${sign}${name}=${maskSecret(value)}` : all,
    );
}

/**
 * The secrets of a request, as they may come back in what the other side says: values of headers and parameters that are
 * named like keys, and of headers that somebody added and that look like one.
 */
export function secretsOf(url: string, headers: Readonly<Record<string, string>>): string[] {
  const found = new Set<string>();
  for (const [name, value] of Object.entries(headers)) {
    if (!isSecretName(name) && !looksLikeKey(name, value)) continue;
    found.add(value);
    const [, secret] = /^\w+ +([\s\S]*)$/.exec(value) ?? [];
    if (secret !== undefined) found.add(secret);
  }
  for (const [, , name = "", value = ""] of url.matchAll(PARAMETER)) {
    if (!isSecretParameter(name)) continue;
    found.add(value);
    found.add(decoded(value));
  }
  return [...found].filter((secret) => secret.length >= SHORTEST).sort((a, b) => b.length - a.length);
}

/** Shorter values stand in many a text by chance, in characters. */
const SHORTEST = 8;

/** A text in which secrets are masked, wherever they stand. */
export function withoutSecrets(text: string, secrets: readonly string[]): string {
  let masked = text;
  for (const secret of secrets) if (masked.includes(secret)) masked = masked.replaceAll(secret, maskSecret(secret));
  return masked;
}

function isSecretName(name: string): boolean {
  const lower = name.toLowerCase();
  return SECRET_NAME.test(lower) && !OPEN_NAMES.has(lower);
}

function isSecretParameter(name: string): boolean {
  // The other side reads `%6bey` and `key[]` as `key`.
  const plain = decoded(name).replace(/\[.*\]$/, "");
  return isSecretName(plain) || SECRET_QUERY.test(plain.toLowerCase());
}

/** Long, of letters and digits, in one piece. */
function looksLikeKey(name: string, value: string): boolean {
  if (OPEN_HEADERS.test(name.toLowerCase())) return false;
  return value.length >= 20 && /^[\w.+/=~-]+$/.test(value) && /\d/.test(value) && /[a-z]/i.test(value);
}

function decoded(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}

/** Keeps the scheme of `Authorization: Bearer …`. A cookie holds several secrets, so nothing of it is shown. */
function maskHeaderValue(name: string, value: string): string {
  if (name.includes("cookie")) return "…";
  const scheme = /^(\w+) +([\s\S]*)$/.exec(value);
  return scheme === null ? maskSecret(value) : `${scheme[1]} ${maskSecret(scheme[2] ?? "")}`;
}
