import type { ChatModel } from "../stream/chat-model.js";
import type { FilePart, TextPart } from "../stream/message.js";
import { attachFile } from "./attach-file.js";

/** Files that go with the next message. */
export class PendingFiles {
  #parts: (TextPart | FilePart)[] = [];

  /**
   * Adds a file and says what it is.
   *
   * @throws {SluiceError} as `attachFile` does.
   */
  async add(path: string, model: Pick<ChatModel, "id" | "capabilities">): Promise<string> {
    const { part, about } = await attachFile(path, model);
    this.#parts.push(part);
    return `${path} (${about}) goes with the next message`;
  }

  /** The message, with the files before it: models read a question best after what it is about. */
  with(text: string): string | (TextPart | FilePart)[] {
    if (this.#parts.length === 0) return text;
    const parts = this.#parts;
    this.#parts = [];
    return text.trim() === "" ? parts : [...parts, { type: "text", text }];
  }
}
