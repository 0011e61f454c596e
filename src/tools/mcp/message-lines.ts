import type { JSONRPCMessage } from "@modelcontextprotocol/sdk/types.js";
import { type JsonValue, parseJson } from "../../base/json.js";
import { SluiceError } from "../../stream/error.js";
import { failedAnswer, QUOTED } from "./failed-answer.js";

/** The most characters of one message; a result may have pictures in it. */
export const LONGEST_MESSAGE = 64 * 1024 * 1024;

/** Reads a value as a message. Throws if it is not one. */
export type ReadMessage = (value: JsonValue) => JSONRPCMessage;

/**
 * What a server writes, as messages, one a line: in the place of the SDK's `ReadBuffer`, which copies all that is not complete
 * with each read, takes 10 MB at most, and leaves a request without an end whose answer is not by the letter. Such an answer
 * is an error that says so.
 */
export class MessageLines {
  readonly #read: ReadMessage;
  readonly #longest: number;
  /** Takes the byte order mark from the beginning, and characters that are cut between two reads. */
  #decoder = new TextDecoder();
  #rest = "";
  #lines: string[] = [];

  constructor(read: ReadMessage, longest = LONGEST_MESSAGE) {
    this.#read = read;
    this.#longest = longest;
  }

  /** @throws {SluiceError} `protocol` for a message without an end. */
  append(bytes: Uint8Array): void {
    const lines = this.#decoder.decode(bytes, { stream: true }).split("\n");
    const rest = lines.pop() ?? "";
    if (lines.length > 0) {
      lines[0] = this.#rest + lines[0];
      this.#rest = "";
      for (const line of lines) if (line.trim() !== "") this.#lines.push(line);
    }
    this.#rest += rest;
    if (this.#rest.length <= this.#longest) return;
    this.clear();
    throw new SluiceError("protocol", `a message has more than ${this.#longest} characters`);
  }

  /**
   * The next message; `null` when there is none yet.
   *
   * @throws {SluiceError} `protocol` for a line that is no message.
   */
  readMessage(): JSONRPCMessage | null {
    const line = this.#lines.shift();
    return line === undefined ? null : this.#message(line);
  }

  clear(): void {
    this.#decoder = new TextDecoder();
    this.#rest = "";
    this.#lines = [];
  }

  #message(line: string): JSONRPCMessage {
    try {
      return this.#read(parseJson(line));
    } catch (cause) {
      const answer = failedAnswer(line, cause);
      if (answer !== undefined) return answer;
      throw new SluiceError("protocol", `the server wrote what is no message: ${line.slice(0, QUOTED)}`, { cause });
    }
  }
}
