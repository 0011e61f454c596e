import type { JsonObject } from "../../base/json.js";
import { detailsOf, SluiceError } from "../../stream/error.js";
import { secretsOf, withoutSecrets } from "./mask-secrets.js";
import type { HttpRequest } from "./transport.js";

/** Takes the secrets of one call out of its errors and records: providers echo keys, and `fetch` puts headers into its errors. */
export class Redactor {
  readonly #request: Pick<HttpRequest, "url" | "headers">;
  #found: readonly string[] | undefined;

  constructor(request: Pick<HttpRequest, "url" | "headers">) {
    this.#request = request;
  }

  /** Looked for when they are needed: most calls neither fail nor are watched. */
  get #secrets(): readonly string[] {
    this.#found ??= secretsOf(this.#request.url, this.#request.headers);
    return this.#found;
  }

  /** A text without them. */
  text(text: string): string {
    return withoutSecrets(text, this.#secrets);
  }

  /** The pieces of a text without them, also where one is cut between two pieces. */
  pieces(): RedactedPieces {
    return new RedactedPieces(this.#secrets);
  }

  /** An error without them: in its own words, in the provider's, and in those of its causes. */
  error(error: SluiceError): SluiceError {
    if (!this.#isIn(error)) return error;
    const { code, message, cause } = error;
    const details = detailsOf(error);
    for (const name of ["providerMessage", "providerCode", "frame"] as const) {
      const value = error[name];
      if (value !== undefined) details[name] = this.text(value);
    }
    if (error.providerData !== undefined) details.providerData = this.#data(error.providerData);
    if (cause !== undefined) details.cause = this.#cause(cause);
    return new SluiceError(code, this.text(message), details);
  }

  #isIn(error: unknown): boolean {
    for (let one: unknown = error, depth = 0; one instanceof Error && depth < DEEPEST; one = one.cause, depth++) {
      const words = one instanceof SluiceError ? [one.providerMessage, one.providerCode, one.frame] : [];
      const data = one instanceof SluiceError && one.providerData ? JSON.stringify(one.providerData) : "";
      const text = [one.message, data, ...words].join(" ");
      if (this.#secrets.some((secret) => text.includes(secret))) return true;
    }
    return false;
  }

  #cause(cause: unknown, depth = 1): unknown {
    if (cause instanceof SluiceError) return this.error(cause);
    if (!(cause instanceof Error) || depth > DEEPEST) return cause;
    const inner = cause.cause === undefined ? {} : { cause: this.#cause(cause.cause, depth + 1) };
    const masked = new Error(this.text(cause.message), inner);
    masked.name = cause.name;
    const code: unknown = Reflect.get(cause, "code");
    return code === undefined ? masked : Object.assign(masked, { code });
  }

  #data(data: JsonObject): JsonObject {
    return JSON.parse(this.text(JSON.stringify(data))) as JsonObject;
  }
}

/** How deep causes are followed: they may be linked in a ring. */
const DEEPEST = 4;

/** Pieces of a text in which secrets are masked. What may be the beginning of one waits for the next piece. */
export class RedactedPieces {
  readonly #secrets: readonly string[];
  #waiting = "";

  constructor(secrets: readonly string[]) {
    this.#secrets = secrets;
  }

  push(piece: string): string {
    const text = withoutSecrets(this.#waiting + piece, this.#secrets);
    const kept = this.#beginning(text);
    this.#waiting = text.slice(text.length - kept);
    return text.slice(0, text.length - kept);
  }

  /** What is left. */
  end(): string {
    const left = this.#waiting;
    this.#waiting = "";
    return left;
  }

  /** How many characters at the end may begin a secret. */
  #beginning(text: string): number {
    let longest = 0;
    for (const secret of this.#secrets) {
      for (let length = Math.min(secret.length - 1, text.length); length > longest; length--) {
        if (text.endsWith(secret.slice(0, length))) longest = length;
      }
    }
    return longest;
  }
}
