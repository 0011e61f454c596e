import type { JsonObject } from "../../base/json.js";
import type { Emit } from "../../stream/chat-event.js";
import { providerData } from "../../stream/data-name.js";
import { ownOpaque } from "./opaque.js";

/** The fields of a candidate beside its content, as `data` events are named. */
export const CANDIDATE_FACTS: readonly string[] = [
  "groundingMetadata",
  "urlContextMetadata",
  "finishMessage",
  "safetyRatings",
  "avgLogprobs",
  "logprobsResult",
  "tokenCount",
  "continuationToken",
];

/** The fields of the whole answer. */
export const RESPONSE_FACTS: readonly string[] = ["promptFeedback", "createTime", "modelStatus"];

/** Facts that a stored message keeps, since what they say must be shown with it. */
const KEPT = ["groundingMetadata", "urlContextMetadata", "promptFeedback"];

/** Whether a state is only to be kept, and nothing that Gemini takes as a part. */
export function isKeptFact(data: JsonObject): boolean {
  return Object.keys(data).some((key) => KEPT.includes(key));
}

/** Emits what no event of its own carries. A stream repeats most of it in each chunk; it is reported when it changes. */
export class AnswerFacts {
  readonly #emitted = new Map<string, string>();

  push(object: JsonObject, known: readonly string[], emit: Emit): void {
    for (const [name, value] of Object.entries(object)) {
      if (value === null || known.includes(name)) continue;
      const text = JSON.stringify(value);
      if (this.#emitted.get(name) === text) continue;
      this.#emitted.set(name, text);
      const opaque = KEPT.includes(name) ? { opaque: ownOpaque({ [name]: value }) } : {};
      emit({ type: "data", name: providerData(name), value, ...opaque });
    }
  }
}
