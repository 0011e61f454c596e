import { ownText } from "../base/own-text.js";
import { type Hole, type Located, locateValues } from "./locate-values.js";
import { type ValueKind, valueEnd } from "./value-end.js";

/** How often a value may change before it counts as one that differs from frame to frame. */
const MAX_CHANGES = 2;

/** A hole's value in the last frame, as it was written. */
interface LastValue {
  text: string;
  changes: number;
}

/** Texts of a frame that are compared, and holes whose values are read between them. */
interface Pattern {
  /** What stands before each of these holes. */
  readonly before: readonly string[];
  /** The places of these holes among all. */
  readonly open: readonly number[];
  /** What stands behind the last. */
  readonly after: string;
  /** The values that are wanted, of holes that are not open: they are part of the text before another. */
  readonly values: readonly string[];
}

/**
 * A frame's text with holes. Most values that may differ are the same from frame to frame all the same (an id, an index): such
 * a value is compared together with what stands around it, and only the others are read.
 */
export class FrameShape {
  readonly #holes: readonly Hole[];
  /** The place of each hole among the values that are wanted; -1 where it is not. */
  readonly #slots: readonly number[];
  /** The brackets that close the frame; blanks may stand among them. */
  readonly #closers: string;
  readonly #last: readonly LastValue[];
  /** With all holes open. */
  readonly #whole: Pattern;
  /** With those open whose values differ from frame to frame. */
  #narrow: Pattern;

  private constructor(located: readonly Located[], text: string) {
    const holes = located.map(({ hole }) => hole);
    this.#holes = holes;
    this.#slots = holes.map(({ capture }, i) => (capture ? holes.slice(0, i).filter((one) => one.capture).length : -1));
    this.#last = located.map(({ from, to }) => ({ text: ownText(text.slice(from, to)), changes: 0 }));
    const at = located.at(-1)?.to ?? 0;
    const end = Math.max(at, closersAt(text));
    this.#closers = text.slice(end).replaceAll(" ", "");
    this.#whole = {
      before: located.map(({ from }, i) => ownText(text.slice(located[i - 1]?.to ?? 0, from))),
      open: holes.map((_, i) => i),
      after: ownText(text.slice(at, end)),
      values: located.filter(({ hole }) => hole.capture).map(() => ""),
    };
    this.#narrow = this.#narrowed();
  }

  /** The shape of a frame with the holes that it has; `undefined` where it has none whose value is wanted. */
  static of(text: string, holes: readonly Hole[]): FrameShape | undefined {
    const located = locateValues(text, holes);
    return located.some(({ hole }) => hole.capture) ? new FrameShape(located, text) : undefined;
  }

  /** The values that are wanted; `undefined` where the frame has another shape. */
  match(text: string): string[] | undefined {
    const values = this.#read(text, this.#narrow);
    if (values !== undefined) return values;
    const places: number[] = [];
    const anew = this.#read(text, this.#whole, places);
    if (anew !== undefined) this.#noteChanges(text, places);
    return anew;
  }

  /** @param places takes where each open hole's value begins and ends. */
  #read(text: string, { before, open, after, values }: Pattern, places?: number[]): string[] | undefined {
    const wanted = values.slice();
    let at = 0;
    for (let i = 0; i < open.length; i++) {
      const index = open[i] ?? 0;
      const constant = before[i] ?? "";
      const { kind } = this.#holes[index] as Hole;
      if (!stands(text, constant, at)) return undefined;
      const from = at + constant.length;
      at = valueEnd(text, from, kind);
      if (at === -1) return undefined;
      const slot = this.#slots[index] ?? -1;
      if (slot !== -1) wanted[slot] = decoded(text.slice(from, at), kind);
      places?.push(from, at);
    }
    if (!stands(text, after, at)) return undefined;
    return this.#closes(text, at + after.length) ? wanted : undefined;
  }

  /** A value that was the same until now is another one: it is compared as that, or read from now on. */
  #noteChanges(text: string, places: readonly number[]): void {
    for (const [index, last] of this.#last.entries()) {
      if (this.#varies(index)) continue;
      const value = text.slice(places[2 * index], places[2 * index + 1]);
      if (value === last.text) continue;
      last.changes++;
      last.text = this.#varies(index) ? "" : ownText(value);
    }
    this.#narrow = this.#narrowed();
  }

  #varies(index: number): boolean {
    const hole = this.#holes[index];
    // A piece of the answer is another one each time.
    return (hole?.capture && hole.kind === "string") || (this.#last[index]?.changes ?? 0) > MAX_CHANGES;
  }

  #narrowed(): Pattern {
    const before: string[] = [];
    const open: number[] = [];
    const values: string[] = [];
    let constant = "";
    for (const [index, { kind }] of this.#holes.entries()) {
      constant += this.#whole.before[index] ?? "";
      const { text } = this.#last[index] as LastValue;
      const slot = this.#slots[index] ?? -1;
      if (slot !== -1) values[slot] = decoded(text, kind);
      if (this.#varies(index)) {
        before.push(ownText(constant));
        open.push(index);
        constant = "";
      } else constant += text;
    }
    return { before, open, after: ownText(constant + this.#whole.after), values };
  }

  /** Anthropic pads its frames with blanks between and after the closing brackets, which mean nothing there. */
  #closes(text: string, from: number): boolean {
    let closed = 0;
    for (let at = from; at < text.length; at++) {
      const code = text.charCodeAt(at);
      if (code === BLANK) continue;
      if (code !== this.#closers.charCodeAt(closed)) return false;
      closed++;
    }
    return closed === this.#closers.length;
  }
}

const BLANK = 0x20;

/** Whether a text stands at a place in another. Several times as fast as `startsWith`. */
function stands(text: string, part: string, at: number): boolean {
  return text.slice(at, at + part.length) === part;
}

/** Where the brackets at the end of a frame begin, and the blanks among them. */
function closersAt(text: string): number {
  let at = text.length;
  while (at > 0 && " }]".includes(text.charAt(at - 1))) at--;
  return at;
}

/** A value from what is written in JSON, without a string's quotes. */
function decoded(raw: string, kind: ValueKind): string {
  return kind === "string" && raw.includes("\\") ? JSON.parse(`"${raw}"`) : raw;
}
