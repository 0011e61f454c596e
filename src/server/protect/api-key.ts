import { createHash, randomBytes } from "node:crypto";
import { type Check, exactly, filledString, list, pattern, positive, wholeNumber } from "../../stream/checks.js";
import { invalid } from "../../stream/error.js";

/** A key that callers may come in with. The key itself is nowhere: only its hash is. */
export interface ApiKey {
  /** What it is called in logs; runs and conversations are owned under this name. */
  name: string;
  /** `sha256:` and 64 hexadecimal digits, as `createApiKey` gives it. */
  hash: string;
  /** The names of what it may ask. Default: everything. */
  models?: readonly string[];
  /** Default: no limit. */
  requestsPerMinute?: number;
  /** Input and output together; what an answer used is booked when it is over. Default: no limit. */
  tokensPerMinute?: number;
  /** Answers at once, on one replica. Default: no limit. */
  concurrency?: number;
  /** Input and output together in a day (UTC). Default: no limit. */
  tokensPerDay?: number;
  /** What its answers may cost in a day, by the price table. Default: no limit. */
  usdPerDay?: number;
  /** The same in 30 days. Default: no limit. */
  usdPerMonth?: number;
}

const count = wholeNumber(1);

const KEY: Check = exactly("a key", {
  name: { required: pattern("1 to 64 of A–Z a–z 0–9 . _ -", /^[\w.-]{1,64}$/) },
  hash: { required: pattern("sha256: and 64 hexadecimal digits", /^sha256:[0-9a-f]{64}$/) },
  models: list("an array of names", filledString),
  requestsPerMinute: count,
  tokensPerMinute: count,
  concurrency: count,
  tokensPerDay: count,
  usdPerDay: positive,
  usdPerMonth: positive,
});

/** @throws {SluiceError} `invalid-argument` for an invalid key, or a name or hash that two have. */
export function checkApiKeys(value: unknown, path: string): void {
  if (!Array.isArray(value)) throw invalid(path, value, "an array of keys");
  const seen = new Set<string>();
  for (const [index, key] of value.entries()) {
    KEY(key, `${path}[${index}]`);
    for (const field of ["name", "hash"] as const) {
      if (seen.has(key[field]))
        throw invalid(`${path}[${index}].${field}`, key[field], `a ${field} that no other key has`);
      seen.add(key[field]);
    }
  }
}

/**
 * A new key, to be handed to whoever is to use it, and its hash, which stands in the server's settings. A key is random and
 * long, so that its hash need not be slow.
 * @example
 * ```ts
 * import { createApiKey, createServer } from "sluice/server";
 *
 * const { key, hash } = createApiKey();
 * const server = await createServer({ models: ["openai/gpt-5"], keys: [{ name: "ann", hash, requestsPerMinute: 60 }] });
 * console.log(key); // for Ann alone
 * ```
 */
export function createApiKey(): { key: string; hash: string } {
  const key = `slk_${randomBytes(24).toString("base64url")}`;
  return { key, hash: hashOf(key) };
}

/** The hash of a key, as it stands in a server's settings. */
export function hashOf(key: string): string {
  return `sha256:${createHash("sha256").update(key).digest("hex")}`;
}
