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
/** What stands between two literals of a text in several: `" +\n  "`, `",\n  "`. */
const BETWEEN = /^[\s,+.&\\]$/;
/** Signs that are no part of names, and the least and the most of base64 to wait for them. */
const NO_NAME = /^[0-9+/=]$/;
const LEAST = 16;
const SURE = 48;
/** The most signs that may wait for what they are. */
const LONGEST_WAIT = 96;
/** The dashes on each side of a PEM block's lines of BEGIN and END (RFC 7468). */
const DASHES = 5;

/** What stands between two lines of a block that are texts of their own, and the beginning of the next one. */
interface Joint {
  quote: string;
  /** Whether the next text has begun. */
  within: boolean;
  /** Signs since the last that surely belonged to the block. */
  waited: number;
  /** Signs of the next line, and whether one of them is no part of a name. */
  run: number;
  noName: boolean;
}

/**
 * An entity that is longer than what is ever buffered: it is recognised by its beginning, and its rest is dropped
 * character by character as it arrives.
 */
export class LongEntity {
  readonly #entity: OpenEntity;
  #dot = false;
  /** Dashes in a row, and how many rows there were. */
  #dashes = 0;
  #rows = 0;
  /** In a block whose lines are texts of their own: what stands between two of them, or the beginning of the next. */
  #joint: Joint | undefined;
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
    if (this.#joint !== undefined) return this.#pushJoint(this.#joint, sign);
    if (sign === '"' || sign === "'") {
      this.#joint = { quote: sign, within: false, waited: 1, run: 0, noName: false };
      return "perhaps";
    }
    if (sign !== "-") this.#dashes = 0;
    else if (++this.#dashes === DASHES && ++this.#rows === 2) return "last";
    const line = this.#line;
    if (sign === "\n" || sign === "\r") this.#line = "empty";
    else if (line === "empty") this.#line = this.#begin(sign);
    else if (line === "name" && !HEADER.test(sign)) this.#line = sign === ":" ? "header" : "other";
    // Lines may be indented, and quoted as Markdown does.
    return PEM.test(sign) || line === "header" || (line === "empty" && sign === ">") ? "yes" : "no";
  }

  /** The next line belongs to the block once it is seen to be base64, or the dashes of the END. */
  #pushJoint(joint: Joint, sign: string): Belongs {
    if (++joint.waited > LONGEST_WAIT) return "no";
    if (sign === joint.quote) {
      joint.within = !joint.within;
      joint.run = 0;
      this.#dashes = 0;
      return "perhaps";
    }
    if (!joint.within) return BETWEEN.test(sign) ? "perhaps" : "no";
    if (!PEM.test(sign) || /[\s:,]/.test(sign)) return "no";
    joint.run++;
    joint.noName ||= NO_NAME.test(sign);
    this.#dashes = sign === "-" ? this.#dashes + 1 : 0;
    if (this.#dashes < DASHES && joint.run < (joint.noName ? LEAST : SURE)) return "perhaps";
    if (this.#dashes === DASHES) this.#rows++;
    this.#joint = undefined;
    this.#line = "other";
    return "yes";
  }

  #begin(sign: string): "empty" | "name" | "other" {
    if (sign === " " || sign === "\t" || sign === ">") return "empty";
    return HEADER.test(sign) ? "name" : "other";
  }
}
