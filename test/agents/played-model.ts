import type { ChatEvent } from "../../src/stream/chat-event.js";
import type { ChatModel } from "../../src/stream/chat-model.js";
import { ChatStream } from "../../src/stream/chat-stream.js";
import { SluiceError } from "../../src/stream/error.js";
import type { ChatMessage } from "../../src/stream/message.js";

/** One answer: events without their frame, or `fail` where it breaks off. */
export type Answer = readonly (ChatEvent | "fail")[];

/** A model that plays an answer for each request, "Done." when there is none left, and keeps what it was sent. */
export class PlayedModel implements ChatModel {
  readonly id: string;
  readonly asked: ChatMessage[][] = [];
  readonly #answers: Answer[];
  /** Streams that are read and not over. */
  open = 0;

  constructor(id: string, answers: readonly Answer[]) {
    this.id = id;
    this.#answers = [...answers];
  }

  stream: ChatModel["stream"] = ({ messages }, call) => {
    this.asked.push(messages);
    const answer = this.#answers.shift() ?? [{ type: "text-delta", text: "Done." }];
    const events: (ChatEvent | "fail")[] = [{ type: "start", id: crypto.randomUUID(), model: this.id }, ...answer];
    const calls = answer.some((event) => event !== "fail" && event.type === "tool-call");
    const usage = { inputTokens: 1, outputTokens: 1 };
    events.push({ type: "finish", reason: calls ? "tool-calls" : "stop", usage });
    let at = -1;
    const close = () => {
      if (at !== Number.POSITIVE_INFINITY && at !== -1) this.open--;
      at = Number.POSITIVE_INFINITY;
    };
    const source = {
      // One event a read, as a slow service would send them.
      next: async () => {
        if (at === -1) this.open++;
        const event = events[++at];
        if (event === undefined) return undefined;
        if (event === "fail") {
          close();
          throw new SluiceError("overloaded", "broke off");
        }
        if (event.type === "finish") close();
        return [event];
      },
      cancel: close,
    };
    return new ChatStream(source, { signal: call?.signal, retain: call?.retain });
  };
}
