import type { ChatStream } from "../stream/chat-stream.js";
import { AnswerView } from "./answer-view.js";
import type { Io } from "./io.js";

/**
 * Shows an answer as it arrives (see `AnswerView`). Waits where the terminal or pipe is slow.
 *
 * @throws {SluiceError} what ends the stream.
 */
export async function showAnswer(stream: ChatStream, io: Io): Promise<void> {
  const view = new AnswerView(io);
  try {
    for await (const event of stream) await view.push(event);
  } finally {
    await view.endText();
  }
  await view.listSources();
}
