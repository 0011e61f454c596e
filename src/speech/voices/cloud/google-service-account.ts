import { createSign } from "node:crypto";
import { readFile } from "node:fs/promises";
import { type Clock, systemClock } from "../../../base/clock.js";
import { isJsonObject, parseJson } from "../../../base/json.js";
import { SluiceError } from "../../../stream/error.js";

/** What the file of a service account says, as far as it is used. */
interface ServiceAccount {
  email: string;
  privateKey: string;
  tokenUrl: string;
}

/** Posts a form; returns the answer's text. */
export type PostForm = (url: string, form: string, signal: AbortSignal | undefined) => Promise<string>;

const SCOPE = "https://www.googleapis.com/auth/cloud-platform";
/** How long a token is asked for, in seconds: the longest that Google gives. */
const LIFETIME_S = 3_600;
/** How long before its end a token is replaced, in ms. */
const SPARE_MS = 60_000;

/**
 * Tokens of a Google service account: a signed assertion is exchanged for one
 * (https://developers.google.com/identity/protocols/oauth2/service-account), which is kept until shortly before its end.
 */
export class GoogleServiceAccount {
  readonly #file: string;
  readonly #post: PostForm;
  readonly #clock: Clock;
  #token: { value: string; until: number } | undefined;

  /** @param file the account's JSON file. */
  constructor(file: string, post: PostForm, clock: Clock = systemClock) {
    this.#file = file;
    this.#post = post;
    this.#clock = clock;
  }

  /** @throws {SluiceError} `missing-key` for a file that is not the key of an account; what the service refused. */
  async token(signal?: AbortSignal): Promise<string> {
    if (this.#token !== undefined && this.#clock.now() < this.#token.until) return this.#token.value;
    const account = await readAccount(this.#file);
    const grant = "urn:ietf:params:oauth:grant-type:jwt-bearer";
    const form = new URLSearchParams({ grant_type: grant, assertion: assertionOf(account) });
    const answer = await this.#post(account.tokenUrl, form.toString(), signal);
    const body = objectOf(answer);
    const { access_token: value, expires_in: seconds = LIFETIME_S } = body ?? {};
    if (typeof value !== "string")
      throw new SluiceError("malformed-frame", "the answer has no access_token", { frame: answer.slice(0, 200) });
    this.#token = { value, until: this.#clock.now() + Number(seconds) * 1_000 - SPARE_MS };
    return value;
  }
}

/** A JWT (RFC 7519), signed with RS256. */
function assertionOf({ email, privateKey, tokenUrl }: ServiceAccount): string {
  const now = Math.floor(Date.now() / 1_000);
  const claims = { iss: email, scope: SCOPE, aud: tokenUrl, iat: now, exp: now + LIFETIME_S };
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const text = `${part({ alg: "RS256", typ: "JWT" })}.${part(claims)}`;
  return `${text}.${createSign("RSA-SHA256").update(text).sign(privateKey, "base64url")}`;
}

async function readAccount(file: string): Promise<ServiceAccount> {
  const text = await readFile(file, "utf8").catch((cause: Error) => {
    throw new SluiceError("missing-key", `the service account ${file} cannot be read: ${cause.message}`, { cause });
  });
  const { client_email: email, private_key: privateKey, token_uri: tokenUrl } = objectOf(text) ?? {};
  if (typeof email === "string" && typeof privateKey === "string")
    return {
      email,
      privateKey,
      tokenUrl: typeof tokenUrl === "string" ? tokenUrl : "https://oauth2.googleapis.com/token",
    };
  throw new SluiceError(
    "missing-key",
    `${file} is not the key of a service account: it has no client_email and private_key`,
  );
}

function objectOf(text: string) {
  try {
    const value = parseJson(text);
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
