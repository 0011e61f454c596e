import type { WireEvent } from "../stream/chat-model.js";
import type { ChatStream } from "../stream/chat-stream.js";
import { AnswerView, type AnswerViewOptions } from "./answer-view.js";
import type { Io } from "./io.js";

/** Tells who shows an answer what goes over the wire for it: `onWire` is for the call, the rest for `showAnswer`. */
export class WireTap {
  /** Where it goes; nowhere before the answer is shown. */
  to: ((event: WireEvent) => void) | undefined;

  readonly onWire = (event: WireEvent): void => this.to?.(event);
}

/** How `showAnswer` shows it. */
export interface ShowAnswerOptions extends AnswerViewOptions {
  /** That of the call, so that retries are shown while they are waited for. */
  tap?: WireTap;
}

/**
 * Shows an answer as it arrives (see `AnswerView`). Waits where the terminal or pipe is slow.
 *
 * @throws {SluiceError} what ends the stream.
 */
export async function showAnswer(stream: ChatStream, io: Io, options: ShowAnswerOptions = {}): Promise<void> {
  const { tap, ...how } = options;
  const view = new AnswerView(io, how);
  if (tap !== undefined) tap.to = view.onWire;
  view.begin();
  try {
    for await (const event of stream) await view.push(event);
  } finally {
    if (tap !== undefined) tap.to = undefined;
    await view.endText();
  }
  await view.listSources();
}
