import type { ChatEvent } from "../stream/chat-event.js";
import type { ChatModel } from "../stream/chat-model.js";
import { type Clock, systemClock, wait } from "../stream/clock.js";
import { invalid } from "../stream/error.js";
import { splitTokens } from "../stream/token-estimate.js";
import { defineModel } from "./define-model.js";

/** Settings of `simulate`. */
export interface SimulateOptions {
  /** Default 40. `Infinity` for no pauses. */
  tokensPerSecond?: number;
  /** Default: the machine's. */
  clock?: Clock;
}

/**
 * A model whose answers are asked for whole and then shown at a pace, and which says so: `start` has `simulated: true`.
 * For models that cannot stream, where a page should look alike.
 *
 * @throws {SluiceError} `invalid-argument` when `tokensPerSecond` is not above 0.
 */
export function simulate(
  model: ChatModel,
  { tokensPerSecond = 40, clock = systemClock }: SimulateOptions = {},
): ChatModel {
  if (!(tokensPerSecond > 0)) throw invalid("tokensPerSecond", tokensPerSecond, "a number above 0, or Infinity");
  const pauseMs = 1_000 / tokensPerSecond;
  return defineModel({
    id: model.id,
    capabilities: { ...model.capabilities, streaming: false },
    async *stream(request, { signal, options }) {
      const whole = model.stream(request, { ...options, signal, streaming: false, retain: false });
      const events: ChatEvent[] = [];
      for await (const event of whole) events.push(event);
      for (const event of events) {
        for (const piece of pieces(event)) {
          if (piece.type === "text-delta" || piece.type === "reasoning-delta") await wait(pauseMs, clock, signal);
          yield piece;
        }
      }
    },
  });
}

/** A delta token by token; state of the provider seals a part, so it goes with the last piece. */
function pieces(event: ChatEvent): ChatEvent[] {
  if (event.type === "start") return [{ ...event, simulated: true }];
  if ((event.type !== "text-delta" && event.type !== "reasoning-delta") || event.text === "") return [event];
  const { opaque: _, ...plain } = event;
  const tokens = splitTokens(event.text);
  return tokens.map((text, index) => (index === tokens.length - 1 ? { ...event, text } : { ...plain, text }));
}
