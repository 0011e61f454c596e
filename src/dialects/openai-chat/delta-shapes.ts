import { isJsonObject, type JsonObject } from "../../base/json.js";
import type { ChatEvent } from "../../stream/chat-event.js";
import { filledString } from "../filled-string.js";
import { LearnedShapes } from "../learned-shapes.js";
import type { Hole } from "../locate-values.js";
import { THOUGHT_FIELDS, thoughtStateIn } from "./thoughts.js";

/** What a frame of a learned shape means: a piece of this kind, or of the arguments of this call. */
export type Meaning =
  | { type: "text-delta" }
  | { type: "reasoning-delta" }
  | { type: "tool-input-delta"; index: number };

/**
 * Values that mean nothing once the answer has begun: OpenAI's and Mistral's padding against traffic analysis, and what
 * differs between answers, so that all of them have one shape.
 */
const MEANINGLESS: readonly Hole[] = [
  { path: ["obfuscation"], kind: "string", capture: false },
  { path: ["p"], kind: "string", capture: false },
  { path: ["id"], kind: "string", capture: false },
  { path: ["created"], kind: "number", capture: false },
];
const DELTA = ["choices", 0, "delta"] as const;

/** Chunks that differ in nothing but a piece of text: the next of the same shape need not be parsed. */
export class DeltaShapes {
  readonly #shapes = new LearnedShapes<Meaning>();

  /** Takes a frame of a shape that was learned; returns whether it is one. */
  match(data: string, take: (meaning: Meaning, text: string) => void): boolean {
    return this.#shapes.match(data, (meaning, values) => take(meaning, values[0] ?? ""));
  }

  /** Learns the shape of a chunk that meant one event and nothing else. */
  learn(frame: string, chunk: JsonObject, choice: JsonObject, delta: JsonObject, event: ChatEvent | undefined): void {
    if (isJsonObject(chunk.usage) || chunk.x_groq !== undefined || (choice.logprobs ?? null) !== null) return;
    if (Object.keys(thoughtStateIn(delta)).length > 0 || delta.audio !== undefined) return;
    if (chunk.citations !== undefined) return;
    if (chunk.search_results !== undefined || Array.isArray(delta.content)) return;
    switch (event?.type) {
      case "text-delta":
        if (event.refusal === undefined) this.#learnHole(frame, [...DELTA, "content"], { type: "text-delta" });
        return;
      case "reasoning-delta": {
        const key = THOUGHT_FIELDS.find((field) => filledString(delta[field]) !== undefined);
        if (key !== undefined) this.#learnHole(frame, [...DELTA, key], { type: "reasoning-delta" });
        return;
      }
      case "tool-input-delta": {
        const piece =
          Array.isArray(delta.tool_calls) && delta.tool_calls.length === 1 ? delta.tool_calls[0] : undefined;
        // A frame that names the call begins one; only frames that go on with it are alike.
        if (!isJsonObject(piece) || typeof piece.index !== "number" || piece.id) return;
        const path = [...DELTA, "tool_calls", 0, "function", "arguments"];
        this.#learnHole(frame, path, { type: "tool-input-delta", index: piece.index });
        return;
      }
      default:
    }
  }

  #learnHole(frame: string, path: Hole["path"], meaning: Meaning): void {
    this.#shapes.learn(frame, [{ path, kind: "string", capture: true }, ...MEANINGLESS], meaning);
  }
}
