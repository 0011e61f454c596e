import type { ChatStream } from "../stream/chat-stream.js";
import type { ChatMessage } from "../stream/message.js";
import { textOf } from "../stream/message.js";

/** A stream with the value that is in it. */
export interface StreamedValue {
  readonly stream: ChatStream;
  readonly object: Promise<unknown>;
}

/** Whether a tool returned a stream whose text is its result. */
export function isChatStream(value: unknown): value is ChatStream {
  return typeof value === "object" && value !== null && "batches" in value && typeof value.batches === "function";
}

/** Whether a tool returned a stream together with its result. */
export function isStreamedValue(value: unknown): value is StreamedValue {
  return (
    typeof value === "object" && value !== null && "stream" in value && "object" in value && isChatStream(value.stream)
  );
}

/** Whether a tool is a generator: what it yields is progress or streams, what it returns is its result. */
export function isAsyncGenerator(value: unknown): value is AsyncGenerator<unknown, unknown, undefined> {
  return (
    typeof value === "object" && value !== null && Symbol.asyncIterator in value && "next" in value && "return" in value
  );
}

/** What a stream is worth as a result: the text of its last answer; all of its text where that has none. */
export async function resultText(stream: ChatStream): Promise<string> {
  return lastText(await stream.messages) || (await stream.fullText);
}

function lastText(messages: readonly ChatMessage[]): string {
  const last = messages.at(-1);
  return last?.role === "assistant" ? textOf(last) : "";
}
