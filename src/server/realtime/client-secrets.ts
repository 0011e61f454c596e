import { randomBytes } from "node:crypto";
import type { JsonObject } from "../../base/json.js";
import { SluiceError } from "../../stream/error.js";
import { hashOf } from "../protect/api-key.js";
import type { Caller } from "../protect/caller.js";

/** What a client secret opens. */
export interface ClientSecret {
  /** Whose it is: sessions are theirs. */
  caller: Caller;
  /** What a session is set to when it begins. */
  session: JsonObject;
  /** The model that it was made for. */
  model: string;
  /** In s since 1970. */
  expiresAt: number;
}

/** Secrets that may wait to be used at once; with more the oldest is void. */
const MOST = 10_000;
/** What they begin with; OpenAI's. */
const PREFIX = "ek_";

/** Short-lived keys for one kind of session, to be handed to browsers: they begin sessions until they expire, and do nothing else. */
export class ClientSecrets {
  /** By their hashes. */
  readonly #secrets = new Map<string, ClientSecret>();

  /** Makes one. */
  make(secret: ClientSecret): string {
    const now = Date.now() / 1_000;
    for (const [hash, { expiresAt }] of this.#secrets) if (expiresAt <= now) this.#secrets.delete(hash);
    const [oldest] = this.#secrets.keys();
    if (this.#secrets.size >= MOST && oldest !== undefined) this.#secrets.delete(oldest);
    const value = `${PREFIX}${randomBytes(24).toString("hex")}`;
    this.#secrets.set(hashOf(value), secret);
    return value;
  }

  /**
   * What the secret opens that a request brings; `undefined` for one that brings another key, or none.
   *
   * @throws {SluiceError} `authentication` for an invalid or expired secret.
   */
  find(authorization: string | undefined): ClientSecret | undefined {
    const [, key] = /^bearer +(\S+)$/i.exec(authorization ?? "") ?? [];
    if (key?.startsWith(PREFIX) !== true) return undefined;
    const secret = this.#secrets.get(hashOf(key));
    if (secret !== undefined && secret.expiresAt > Date.now() / 1_000) return secret;
    throw new SluiceError("authentication", "the client secret is none, or has expired", { status: 401 });
  }
}
