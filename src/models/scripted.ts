import { type Clock, systemClock, wait } from "../base/clock.js";
import type { ChatEvent } from "../stream/chat-event.js";
import type { ChatModel } from "../stream/chat-model.js";
import type { ChatRequest } from "../stream/chat-request.js";
import { clock as clockCheck, exactly, filledString } from "../stream/checks.js";
import { SluiceError } from "../stream/error.js";
import { defineModel } from "./define-model.js";

/** One line of a script: text, an event, a pause in ms, or the error that ends it. */
export type ScriptLine = string | ChatEvent | { waitMs: number } | { throw: SluiceError };

/** A model that plays scripts, and remembers what it was asked. */
export interface ScriptedModel extends ChatModel {
  /** The requests so far, oldest first. */
  readonly requests: readonly ChatRequest[];
}

/** Settings of `scripted`. */
export interface ScriptedOptions {
  /** Default `scripted`. */
  id?: string;
  /** For the pauses. Default: the machine's. */
  clock?: Clock;
}

const OPTIONS = exactly("scripted", { id: filledString, clock: clockCheck });

/**
 * A model for tests: its nth call plays the nth script. `start` and `finish` may be left out.
 *
 * A call after the last script fails with `invalid-argument`.
 * @example
 * ```ts
 * import { generate, scripted } from "sluice";
 *
 * const model = scripted([["Hel", { waitMs: 20 }, "lo"], ["Good", "bye"]]);
 * const { text } = await generate(model, "Hi"); // "Hello"
 * console.log(text, model.requests[0]?.messages);
 * ```
 */
export function scripted(scripts: readonly (readonly ScriptLine[])[], options: ScriptedOptions = {}): ScriptedModel {
  OPTIONS(options, "");
  const { id = "scripted", clock = systemClock } = options;
  const requests: ChatRequest[] = [];
  const model = defineModel({
    id,
    async *stream(request, { signal }) {
      const script = scripts[requests.length];
      requests.push(structuredClone(request));
      if (script === undefined) {
        throw new SluiceError("invalid-argument", `${id}: call ${requests.length}, but only ${scripts.length} scripts`);
      }
      for (const line of script) {
        if (typeof line === "string" || "type" in line) yield line;
        else if ("waitMs" in line) await wait(line.waitMs, clock, signal);
        else throw line.throw;
      }
    },
  });
  return { ...model, requests };
}
