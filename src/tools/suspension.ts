import type { ChatMessage } from "../stream/message.js";

/** Thrown inside a run whose tool cannot go on until somebody has answered. Never seen outside. */
export class Suspension extends Error {
  /** What the inner stream that waits has answered; empty where the tool itself asked. */
  readonly messages: readonly ChatMessage[];

  constructor(messages: readonly ChatMessage[]) {
    super("the tool waits for input");
    this.messages = messages;
  }
}
