import type { OpenEntity } from "./replace-entities.js";

/** What a character is to an entity that goes on. */
export type Belongs =
  | "yes"
  | "no"
  /** If the next one does. */
  | "perhaps"
  /** And nothing after it. */
  | "last";

const TOKEN = /^[A-Za-z0-9_\-+/=~]$/;
/** Base64, white space and lines of dashes; a backslash where line ends are escaped. */
const PEM = /^[A-Za-z0-9+/=\s:,\\-]$/;
/** The name of a header in a PEM block: `Proc-Type`, `Version`. */
const HEADER = /^[A-Za-z-]$/;
/** The dashes on each side of a PEM block's lines of BEGIN and END (RFC 7468). */
const DASHES = 5;

/**
 * An entity that is longer than what is ever held back: it is recognised by its beginning, and its rest is dropped
 * character by character as it arrives.
 */
export class LongEntity {
  readonly #entity: OpenEntity;
  #dot = false;
  /** Dashes in a row, and how many rows there were. */
  #dashes = 0;
  #rows = 0;
  /** What is known of the current line of a PEM block. */
  #line: "empty" | "name" | "header" | "other" = "other";

  /** @param entity its beginning. A `token` has letters, digits and the signs of keys; `pem` is base64 up to the END. */
  constructor(entity: OpenEntity) {
    this.#entity = entity;
    // What is glued to the line of the BEGIN is base64 already, or the dashes before the END.
    const glued = entity.rest === "pem" ? (/KEY(?: BLOCK)?-----([\s\S]*)$/.exec(entity.value)?.[1] ?? "") : "";
    for (const sign of glued) this.#pushPem(sign);
  }

  push(code: number): Belongs {
    const sign = String.fromCharCode(code);
    return this.#entity.rest === "token" ? this.#pushToken(sign) : this.#pushPem(sign);
  }

  #pushToken(sign: string): Belongs {
    if (TOKEN.test(sign)) {
      this.#dot = false;
      return "yes";
    }
    // A dot joins the parts of a JSON Web Token, or ends the sentence.
    if (sign !== "." || this.#dot) return "no";
    this.#dot = true;
    return "perhaps";
  }

  #pushPem(sign: string): Belongs {
    if (sign !== "-") this.#dashes = 0;
    else if (++this.#dashes === DASHES && ++this.#rows === 2) return "last";
    const line = this.#line;
    if (sign === "\n" || sign === "\r") this.#line = "empty";
    else if (line === "empty") this.#line = this.#begin(sign);
    else if (line === "name" && !HEADER.test(sign)) this.#line = sign === ":" ? "header" : "other";
    // Lines may be indented, and quoted as Markdown does.
    return PEM.test(sign) || line === "header" || (line === "empty" && sign === ">") ? "yes" : "no";
  }

  #begin(sign: string): "empty" | "name" | "other" {
    if (sign === " " || sign === "\t" || sign === ">") return "empty";
    return HEADER.test(sign) ? "name" : "other";
  }
}
