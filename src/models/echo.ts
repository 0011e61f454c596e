import { type Clock, systemClock } from "../base/clock.js";
import type { Capabilities, ChatModel } from "../stream/chat-model.js";
import { clock as clockCheck, exactly, filledString, positive } from "../stream/checks.js";
import { modelLoadedLater } from "./model-loaded-later.js";

/** Settings of `echo`. */
export interface EchoOptions {
  /** Default 40. `Infinity` for no pauses. */
  tokensPerSecond?: number;
  /** Default `echo`. */
  id?: string;
  /** Default: the machine's. */
  clock?: Clock;
}

const CAPABILITIES: Capabilities = {
  streaming: true,
  tools: true,
  input: ["image", "audio", "video", "document"],
};

const OPTIONS = exactly("echo", { tokensPerSecond: positive, id: filledString, clock: clockCheck });

/**
 * A model without a model: it repeats the user's message, token by token at a steady pace, and counts tokens by the
 * estimate of `estimateTokens`. The same request always has the same answer, so it serves for trying things out, for tests
 * and for demonstrations.
 *
 * Where the request has tools, a message `/call NAME JSON` makes it call that tool; it then repeats what the tool returned.
 *
 * @throws {SluiceError} `invalid-argument` when `tokensPerSecond` is not above 0.
 * @example
 * ```ts
 * import { echo, generate } from "sluice";
 *
 * const { text } = await generate(echo(), "Hello"); // no key, no network
 * ```
 */
export function echo(options: EchoOptions = {}): ChatModel {
  OPTIONS(options, "");
  const { tokensPerSecond = 40, id = "echo", clock = systemClock } = options;
  const known = { id, capabilities: CAPABILITIES };
  return modelLoadedLater(known, async () => {
    const { echoSource } = await import("./echo-source.js");
    return (request, call) => echoSource(id, clock, 1_000 / tokensPerSecond, request, call);
  });
}
