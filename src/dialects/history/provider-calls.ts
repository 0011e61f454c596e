import type { AssistantPart, ChatMessage } from "../../stream/message.js";

/**
 * The calls of a history that providers ran, and their results. A provider refuses one without the other: an answer that was
 * stopped while its search ran, or a result whose call was compacted away. Results may stand in a later answer.
 */
export class ProviderCalls {
  readonly #called = new Set<string>();
  readonly #answered = new Set<string>();
  /** Those that somebody is asked about first. */
  readonly #asked = new Set<string>();

  constructor(messages: readonly ChatMessage[]) {
    for (const { role, content } of messages) {
      if ((role !== "assistant" && role !== "tool") || typeof content === "string") continue;
      for (const part of content) this.#note(part);
    }
  }

  #note(part: Extract<ChatMessage, { role: "tool" }>["content"][number] | AssistantPart): void {
    if (part.type === "tool-result") this.#answered.add(part.callId);
    else if (part.type === "tool-call" && part.providerExecuted) this.#called.add(part.callId);
    else if (part.type === "input-request" && part.kind === "approval") this.#asked.add(part.callId);
  }

  /** Whether a part is a call that the provider did not finish. */
  isOpen(part: AssistantPart): boolean {
    if (part.type !== "tool-call" || part.providerExecuted === undefined) return false;
    return !this.#answered.has(part.callId) && !this.#asked.has(part.callId);
  }

  /** Whether a part is the result of a call that is not there. */
  isStray(part: AssistantPart): boolean {
    return part.type === "tool-result" && part.providerExecuted === true && !this.#called.has(part.callId);
  }
}
