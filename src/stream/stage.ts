import type { BatchSource } from "./batch-source.js";
import type { ChatEvent, Emit } from "./chat-event.js";

/**
 * A synchronous transducer over a stream's events. A stage never awaits: it takes one event and emits what goes out. A new one
 * is needed for each stream, since most hold state.
 */
export interface Stage {
  /** Takes one event and emits what goes out instead: nothing, the same event, or several. */
  push(event: ChatEvent, emit: Emit): void;
  /** Emits what is still buffered. Called once, before the `finish` event is pushed or an error ends the stream. */
  end?(emit: Emit): void;
}

/** A stage that may wait, such as a pace: it stands between a source and its reader. Serves any number of streams. */
export interface SourceStage {
  /** What the reader gets in place of a source. It cancels the source when it is cancelled. */
  source(source: BatchSource): BatchSource;
}
