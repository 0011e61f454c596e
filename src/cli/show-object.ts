import type { ObjectStream } from "../structured/object-stream.js";
import { type Io, shown, write } from "./io.js";

/**
 * Prints the JSON of a value as it arrives. Waits where the terminal or pipe is slow.
 *
 * @throws {SluiceError} what ends the stream, or what is wrong with the value.
 */
export async function showObject(answer: ObjectStream<unknown>, io: Io): Promise<void> {
  let last = "\n";
  try {
    for await (const text of answer.text) {
      last = text;
      await write(io.stdout, shown(text, io.stdout));
    }
  } finally {
    if (last !== "\n") await write(io.stdout, "\n");
  }
}
