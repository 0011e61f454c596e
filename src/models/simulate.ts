import { type Clock, systemClock, wait } from "../base/clock.js";
import { splitTokens } from "../base/token-estimate.js";
import type { BatchSource } from "../stream/batch-source.js";
import type { ChatEvent } from "../stream/chat-event.js";
import type { ChatModel } from "../stream/chat-model.js";
import { checkedModel } from "../stream/checked-model.js";
import { clock as clockCheck, exactly, positive } from "../stream/checks.js";
import { SluiceError } from "../stream/error.js";
import { innerSource } from "../stream/inner-source.js";
import { IterableSource } from "../stream/sources/iterable-source.js";
import { wrapModel } from "../stream/wrap-model.js";

/** Settings of `simulate`. */
export interface SimulateOptions {
  /** Default 40. `Infinity` for no pauses. */
  tokensPerSecond?: number;
  /** Default: the machine's. */
  clock?: Clock;
}

const OPTIONS = exactly("simulate", { tokensPerSecond: positive, clock: clockCheck });

/**
 * A model whose answers are asked for whole and then shown at a pace: `start` has `simulated: true`.
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
  return wrapModel(
    model,
    (call) => ({
      ask: (request) => innerSource(model, request, { ...call.options, streaming: false }),
      answer: (whole) =>
        new IterableSource(() => shown(whole, () => wait(pauseMs, clock, call.signal)), {
          onCancel: () => whole.cancel("the reader left"),
        }),
    }),
    { capabilities: { ...model.capabilities, streaming: false } },
  );
}

/** The events of a whole answer, with a pause before each token. */
async function* shown(whole: BatchSource, pause: () => Promise<void>): AsyncGenerator<ChatEvent> {
  const events: ChatEvent[] = [];
  const failure = await collect(whole, events);
  for (const event of events) {
    for (const piece of pieces(event)) {
      if (piece.type === "text-delta" || piece.type === "reasoning-delta") await pause();
      yield piece;
    }
  }
  if (failure !== undefined) throw failure;
}

/** All events of a source; returns what it failed with. */
async function collect(source: BatchSource, events: ChatEvent[]): Promise<SluiceError | undefined> {
  try {
    for (let batch = await source.next(); batch !== undefined; batch = await source.next()) {
      for (const event of batch) events.push(event);
      if (events.at(-1)?.type === "finish") return undefined;
    }
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
