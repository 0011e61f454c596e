import type { AssistantPart, ChatMessage } from "../../stream/message.js";

/**
 * The calls of a history that providers ran, and their results. A provider refuses one without the other: an answer that was
 * stopped while its search ran, or a result whose call was compacted away. Results may stand in a later answer.
 */
export class ProviderCalls {
  readonly #called = new Set<string>();
  /** Those that have a result, or that somebody is asked about first. */
  readonly #settled = new Set<string>();

  constructor(messages: readonly ChatMessage[]) {
    for (const { content } of messages) {
      for (const part of typeof content === "string" ? [] : content) {
        if ("callId" in part) (part.type === "tool-call" ? this.#called : this.#settled).add(part.callId);
      }
    }
  }

  /** Whether a part is a call that the provider did not finish. */
  isOpen(part: AssistantPart): boolean {
    return part.type === "tool-call" && part.providerExecuted === true && !this.#settled.has(part.callId);
  }

  /** Whether a part is the result of a provider's call that is not there. */
  isStray(part: AssistantPart): boolean {
    return part.type === "tool-result" && part.providerExecuted === true && !this.#called.has(part.callId);
  }
}
