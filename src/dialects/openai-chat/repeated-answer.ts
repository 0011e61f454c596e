import { isJsonObject, type JsonObject, type JsonValue } from "../../base/json.js";
import type { Frame } from "../../stream/framing/frame.js";
import type { EmittedText } from "../emitted-text.js";
import { filledString } from "../filled-string.js";
import { parseToolInput } from "../tool-input.js";
import { thoughtIn } from "./thoughts.js";

/** What an answer called, as a text that is the same for the same call. */
export function callSign(name: string, input: JsonValue): string {
  return `${name} ${JSON.stringify(input)}`;
}

/**
 * What comes under the id of an answer that is over, from its beginning: servers say an answer twice. It is buffered until
 * it is known whether it says something else.
 */
export class RepeatedAnswer {
  readonly #frames: Frame[] = [];
  readonly #calls = new Map<number, { name: string; input: string }>();
  #text = "";
  #ended = false;

  /** Whether its own finish reason has come. */
  get ended(): boolean {
    return this.#ended;
  }

  /** Its frames, for one that is no repetition. */
  get frames(): readonly Frame[] {
    return this.#frames;
  }

  /**
   * @param choice the choice in the frame; `undefined` if there is none.
   * @param delta what the choice says.
   */
  push(frame: Frame, choice: JsonObject | undefined, delta: JsonObject): void {
    this.#frames.push(frame);
    if (typeof delta.content === "string") this.#text += delta.content;
    for (const call of Array.isArray(delta.tool_calls) ? delta.tool_calls : [])
      if (isJsonObject(call)) this.#call(call);
    if (filledString(choice?.finish_reason) !== undefined) this.#ended = true;
  }

  /** Whether it repeats what was emitted, and calls nothing else. */
  repeats(emitted: EmittedText, called: ReadonlySet<string>): boolean {
    const calls = [...this.#calls.values()].map(({ name, input }) => callSign(name, parseToolInput(input).input));
    return emitted.equals(this.#text) && calls.every((call) => called.has(call));
  }

  #call({ index, function: fn }: JsonObject): void {
    const at = typeof index === "number" ? index : 0;
    const { name, arguments: input } = isJsonObject(fn) ? fn : {};
    const call = this.#calls.get(at) ?? { name: "", input: "" };
    call.name ||= filledString(name) ?? "";
    if (typeof input === "string") call.input += input;
    this.#calls.set(at, call);
  }
}

/** Whether a delta begins an answer: it says who speaks, and something beside. */
export function beginsAnew(delta: JsonObject): boolean {
  const { role, content, tool_calls: calls } = delta;
  if (typeof role !== "string") return false;
  return filledString(content) !== undefined || thoughtIn(delta) !== "" || (Array.isArray(calls) && calls.length > 0);
}
