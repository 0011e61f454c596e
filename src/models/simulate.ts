import { type Clock, systemClock, wait } from "../base/clock.js";
import { splitTokens } from "../base/token-estimate.js";
import type { ChatEvent } from "../stream/chat-event.js";
import type { ChatModel } from "../stream/chat-model.js";

import { checkedModel } from "../stream/checked-model.js";

import { clock as clockCheck, exactly, positive } from "../stream/checks.js";
import { SluiceError } from "../stream/error.js";

import { defineModel } from "./define-model.js";

/** Settings of `simulate`. */
export interface SimulateOptions {
  /** Default 40. `Infinity` for no pauses. */
  tokensPerSecond?: number;
  /** Default: the machine's. */
  clock?: Clock;
}

const OPTIONS = exactly("simulate", { tokensPerSecond: positive, clock: clockCheck });

/**
 * A model whose answers are asked for whole and then shown at a pace, and which says so: `start` has `simulated: true`.
 * For models that cannot stream, where a page should look alike. A model that fails does so after its partial answer.
 *
 * @throws {SluiceError} `invalid-argument` when `tokensPerSecond` is not above 0.
 * @example
 * ```ts
 * import { model, simulate, stream } from "sluice";
 *
 * const paced = simulate(model("openai/o1-pro"), { tokensPerSecond: 40 });
 * for await (const text of stream(paced, "Hi").text) process.stdout.write(text);
 * ```
 */
export function simulate(model: ChatModel, options: SimulateOptions = {}): ChatModel {
  checkedModel(model);
  OPTIONS(options, "");
  const { tokensPerSecond = 40, clock = systemClock } = options;
  const pauseMs = 1_000 / tokensPerSecond;
  const simulated = defineModel({
    id: model.id,
    capabilities: { ...model.capabilities, streaming: false },
    async *stream(request, { signal, options: call }) {
      const whole = model.stream(request, { ...call, signal, streaming: false, retain: false });
      const events: ChatEvent[] = [];
      const failure = await collect(whole, events);
      for (const event of events) {
        for (const piece of pieces(event)) {
          if (piece.type === "text-delta" || piece.type === "reasoning-delta") await wait(pauseMs, clock, signal);
          yield piece;
        }
      }
      if (failure !== undefined) throw failure;
    },
  });
  const { list } = model;
  return { ...simulated, ...(list && { list: (call) => list.call(model, call) }) };
}

/** All events of a stream; returns what it failed with. */
async function collect(stream: AsyncIterable<ChatEvent>, events: ChatEvent[]): Promise<SluiceError | undefined> {
  try {
    for await (const event of stream) events.push(event);
    return undefined;
  } catch (thrown) {
    return SluiceError.from(thrown);
  }
}

/** A delta token by token; state of the provider seals a part, so it goes with the last piece. */
function pieces(event: ChatEvent): ChatEvent[] {
  if (event.type === "start") return [{ ...event, simulated: true }];
  if ((event.type !== "text-delta" && event.type !== "reasoning-delta") || event.text === "") return [event];
  const { opaque: _, ...plain } = event;
  const tokens = splitTokens(event.text);
  return tokens.map((text, index) => (index === tokens.length - 1 ? { ...event, text } : { ...plain, text }));
}
