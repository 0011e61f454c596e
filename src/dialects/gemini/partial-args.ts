import { isJsonObject, type JsonObject, type JsonValue, parseJson } from "../../base/json.js";
import { TextBuffer } from "../../base/text-buffer.js";
import { malformed } from "../parse-frame.js";
import { type PathStep, parseJsonPath } from "./json-path.js";

/** An object or an array whose end has not been written. */
interface OpenContainer {
  /** Its own place in the container around it. */
  step: PathStep;
  /** The fields it has, or how many elements. */
  has: Set<PathStep> | number;
}

/** How many elements may be left out before one: no model means a place further on. */
const MAX_GAP = 1_000;

/** A value for a place that was already closed. */
interface LateValue {
  steps: readonly PathStep[];
  value: JsonValue;
  /** Whether it goes on with the string that stands there. */
  goesOn: boolean;
}

/**
 * Arguments that come value by value, each with the path where it stands (`partialArgs`), as the JSON text they make up.
 *
 * What comes in the order of the text is written at once. A value for a place that was already closed is written at the
 * end, in a second field of the same name: JSON's readers take the last (RFC 8259, section 4).
 */
export class PartialArgs {
  readonly #text = new TextBuffer();
  readonly #open: OpenContainer[] = [];
  readonly #late: LateValue[] = [];
  /** Paths of strings that were to go on when another value came. */
  readonly #interrupted = new Set<string>();
  #begun = false;
  /** Path of the last value, and whether it is a string that may go on. */
  #last: { path: string; steps: readonly PathStep[]; continues: boolean; late: boolean } | undefined;

  /** Takes one of `partialArgs`; returns the text that it adds. */
  push(piece: JsonObject): string {
    const value = pieceValue(piece);
    if (typeof piece.jsonPath !== "string" || value === undefined) return "";
    return this.set(piece.jsonPath, value, piece.willContinue === true);
  }

  /**
   * Sets the value at a path, or goes on with the string there; returns the text that it adds.
   *
   * @throws {SluiceError} `malformed-frame` for an element far beyond the end of its list.
   */
  set(path: string, value: JsonValue, continues = false): string {
    const last = this.#last;
    if (last?.path === path && last.continues && typeof value === "string") {
      last.continues = continues;
      return last.late ? this.#appendLate(value) : this.#write(inner(value) + (continues ? "" : '"'));
    }
    return this.#next(path, last?.path === path ? last.steps : parseJsonPath(path), value, continues);
  }

  /** Sets a field of the outermost object; returns the text that it adds. */
  setField(name: string, value: JsonValue): string {
    return this.#next(name, [name], value, false);
  }

  /** The arguments are complete: returns the text that is missing. */
  finish(): string {
    if (!this.#begun && this.#late.length === 0) return "";
    let text = this.#closeString() + this.#closeTo(0);
    if (!this.#begun) text = "{";
    this.#begun = true;
    return this.#write(`${text}${this.#lateFields(text)}}`);
  }

  /** All text so far. */
  toString(): string {
    return this.#text.toString();
  }

  #next(path: string, steps: readonly PathStep[], value: JsonValue, continues: boolean): string {
    const before = this.#closeString();
    const goesOn = continues && typeof value === "string";
    const place = this.#place(steps);
    this.#last = { path, steps, continues: goesOn, late: place === undefined };
    if (place === undefined) {
      this.#late.push({ steps, value, goesOn: typeof value === "string" && this.#interrupted.has(path) });
      if (!goesOn) this.#interrupted.delete(path);
      return this.#write(before);
    }
    const json = goesOn ? `"${inner(value)}` : JSON.stringify(value);
    return this.#write(before + place + json);
  }

  /** The text that leads to a place: ends of containers, beginnings of others, the name. `undefined`: it is too late for it. */
  #place(steps: readonly PathStep[]): string | undefined {
    let depth = 0;
    while (depth < steps.length - 1 && this.#open[depth + 1]?.step === steps[depth]) depth++;
    const reached = this.#open[depth];
    const first = steps[depth];
    if (first === undefined || (reached === undefined ? typeof first !== "string" : !isNew(reached.has, first))) {
      return undefined;
    }
    let text = this.#begun ? this.#closeTo(depth) : "{";
    if (!this.#begun) this.#open.push({ step: "$", has: new Set() });
    this.#begun = true;
    for (let i = depth; i < steps.length; i++) {
      const step = steps[i];
      const container = this.#open[i];
      if (step === undefined || container === undefined) return undefined;
      text += enter(container, step);
      const inside = steps[i + 1];
      if (inside === undefined) break;
      const has = typeof inside === "number" ? 0 : new Set<PathStep>();
      text += typeof inside === "number" ? "[" : "{";
      this.#open.push({ step, has });
    }
    return text;
  }

  #closeString(): string {
    const last = this.#last;
    if (last === undefined || !last.continues) return "";
    last.continues = false;
    this.#interrupted.add(last.path);
    return last.late ? "" : '"';
  }

  /** Closes the containers below a depth; the outermost stays. */
  #closeTo(depth: number): string {
    let text = "";
    while (this.#open.length > depth + 1) text += typeof this.#open.pop()?.has === "number" ? "]" : "}";
    return text;
  }

  #appendLate(piece: string): string {
    const entry = this.#late.at(-1);
    if (typeof entry?.value === "string") entry.value += piece;
    return "";
  }

  /** The fields that late values change, once more. `tail` is what is still to be written. */
  #lateFields(tail: string): string {
    if (this.#late.length === 0) return "";
    const written = parseJson(`${this.#text}${tail}}`);
    const root = isJsonObject(written) ? written : {};
    const changed = new Set<string>();
    for (const { steps, value, goesOn } of this.#late) {
      setAt(root, steps, value, goesOn);
      changed.add(String(steps[0]));
    }
    const fields = [...changed].filter((name) => Object.hasOwn(root, name));
    const text = fields.map((name) => `${JSON.stringify(name)}:${JSON.stringify(root[name])}`).join(",");
    return text !== "" && !`${this.#text}${tail}`.endsWith("{") ? `,${text}` : text;
  }

  #write(text: string): string {
    if (text !== "") this.#text.push(text);
    return text;
  }
}

/** Which of its fields a piece says its value in. */
function pieceValue(piece: JsonObject): JsonValue | undefined {
  if (typeof piece.stringValue === "string") return piece.stringValue;
  if (Object.hasOwn(piece, "nullValue")) return null;
  return piece.numberValue ?? piece.boolValue ?? piece.structValue ?? piece.listValue;
}

/** Whether something can be added at a step: a field that is not there yet, an element after the last. */
function isNew(has: OpenContainer["has"], step: PathStep): boolean {
  if (typeof has === "number") return typeof step === "number" && step >= has;
  return typeof step === "string" && !has.has(step);
}

/** Comma and name of what comes next in a container; elements that were left out are `null`. */
function enter(container: OpenContainer, step: PathStep): string {
  const { has } = container;
  if (typeof has === "number") {
    const missing = "null,".repeat(gapBefore(step, has));
    container.has = Number(step) + 1;
    return (has > 0 ? "," : "") + missing;
  }
  has.add(step);
  return `${has.size > 1 ? "," : ""}${JSON.stringify(step)}:`;
}

function gapBefore(step: PathStep, length: number): number {
  const gap = Number(step) - length;
  if (gap > MAX_GAP) throw malformed(String(step), `an argument ${gap} elements beyond the end of its list`);
  return Math.max(0, gap);
}

/** The inside of a JSON string. */
function inner(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

/** Sets the value at a path, with the containers that lead there. */
function setAt(root: JsonObject, steps: readonly PathStep[], value: JsonValue, goesOn: boolean): void {
  let target: JsonValue = root;
  for (const [index, step] of steps.entries()) {
    if (step === "__proto__") return;
    const found = childOf(target, step);
    const inside = steps[index + 1];
    let next: JsonValue;
    if (inside === undefined) next = goesOn && typeof found === "string" ? `${found}${value}` : value;
    else if (typeof found === "object" && found !== null) next = found;
    else next = typeof inside === "number" ? [] : {};
    setChild(target, step, next);
    target = next;
  }
}

function childOf(target: JsonValue, step: PathStep): JsonValue | undefined {
  if (Array.isArray(target)) return typeof step === "number" ? target[step] : undefined;
  return isJsonObject(target) && Object.hasOwn(target, step) ? target[step] : undefined;
}

function setChild(target: JsonValue, step: PathStep, value: JsonValue): void {
  if (Array.isArray(target)) {
    if (typeof step !== "number") return;
    for (let left = gapBefore(step, target.length); left > 0; left--) target.push(null);
    target[step] = value;
  } else if (isJsonObject(target)) target[step] = value;
}
