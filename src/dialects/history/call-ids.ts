import { wellFormed } from "../../base/well-formed.js";
import type { IdRule } from "./history-rules.js";

/** Gives each call of a history an id of its own that its service takes, the same for the same history. */
export class CallIds {
  readonly #rule: IdRule;
  /** Ids that are given, and how many calls asked for each. */
  readonly #taken = new Map<string, number>();

  constructor(rule: IdRule = {}) {
    this.#rule = rule;
  }

  /** The id of the next call. One that may stand is kept. */
  next(id: string): string {
    const given = wellFormed(id) || "call";
    const kept = this.#rule.kept?.test(given) === true;
    const fitting = kept ? given : fitted(given, this.#rule);
    let unique = fitting;
    let count = this.#taken.get(fitting) ?? 0;
    while (this.#taken.has(unique)) {
      count++;
      unique = kept ? withNumber(given, count - 1) : fitted(`${given}_${count}`, this.#rule);
    }
    this.#taken.set(fitting, Math.max(count, 1));
    if (unique !== fitting) this.#taken.set(unique, 1);
    return unique;
  }
}

/** An id that ends with a number, with a higher one. */
function withNumber(id: string, higher: number): string {
  return id.replace(/\d+$/, (number) => String(Number(number) + higher));
}

/** A name or id as a rule allows it: as it is, or with other characters, or cut with a mark of what was cut. */
export function fitted(text: string, { not, longest, length }: IdRule): string {
  const allowed = not === undefined ? text : text.replace(not, length === undefined ? "_" : "");
  if (length !== undefined) return text === allowed && text.length === length ? text : marked(text, length);
  if (longest === undefined || allowed.length <= longest) return allowed;
  // The cut may stand within a character.
  return `${wellFormed(allowed.slice(0, longest - 8))}${marked(text, 8)}`;
}

/** Letters and digits that stand for a text (FNV-1a, 32 bits, in two directions). */
function marked(text: string, length: number): string {
  let forwards = 0x811c9dc5;
  let backwards = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) {
    forwards = Math.imul(forwards ^ text.charCodeAt(i), 0x01000193);
    backwards = Math.imul(backwards ^ text.charCodeAt(text.length - 1 - i), 0x01000193);
  }
  const digits = (forwards >>> 0).toString(36) + (backwards >>> 0).toString(36);
  return digits.padStart(length, "0").slice(-length);
}
