import type { Clock } from "../../base/clock.js";
import { simulate } from "../../models/simulate.js";
import type { ChatModel } from "../../stream/chat-model.js";
import { innerSource } from "../../stream/inner-source.js";
import { wrapModel } from "../../stream/wrap-model.js";

/** How whole answers are shown to those who asked for pieces. */
export interface Pace {
  /** Default: the whole text at once. */
  tokensPerSecond?: number | undefined;
  clock: Clock;
}

/** A model of whole answers, for those who asked for one and, at a pace if one is set, for those who asked for pieces. */
export function wholeModel(model: ChatModel, streaming: boolean, { tokensPerSecond, clock }: Pace): ChatModel {
  if (streaming && tokensPerSecond !== undefined) return simulate(model, { tokensPerSecond, clock });
  return wrapModel(model, ({ options }) => ({
    ask: (request) => innerSource(model, request, { ...options, streaming: false }),
  }));
}
