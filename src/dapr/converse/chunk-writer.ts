import type { ChatEvent } from "../../stream/chat-event.js";

/** Turns the events of one answer into the messages of a streaming call. One for each answer. */
export interface ChunkWriter<Chunk> {
  /**
   * Takes one event. The last message is written with `finish`.
   *
   * @throws {SluiceError} for what the protocol cannot carry.
   */
  push(event: ChatEvent, write: (chunk: Chunk) => void): void;
}
