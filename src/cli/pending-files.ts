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
    const part = await attachFile(path, model);
    this.#parts.push(part);
    return `${path} (${describe(part)}) goes with the next message`;
  }

  /** The message, with the files before it: models read a question best after what it is about. */
  with(text: string): string | (TextPart | FilePart)[] {
    if (this.#parts.length === 0) return text;
    const parts = this.#parts;
    this.#parts = [];
    return text.trim() === "" ? parts : [...parts, { type: "text", text }];
  }
}

function describe(part: TextPart | FilePart): string {
  if (part.type === "text") return `text, ${part.text.length.toLocaleString("en")} characters`;
  if (!(part.data instanceof Uint8Array)) return `${part.mediaType}, fetched by the provider`;
  return `${part.mediaType}, ${part.data.length.toLocaleString("en")} bytes`;
}
