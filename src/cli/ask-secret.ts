import { createInterface } from "node:readline";
import { Writable } from "node:stream";
import { SluiceError } from "../stream/error.js";
import type { Io } from "./io.js";

/**
 * Asks for what nobody may see: it does not appear while it is typed.
 *
 * @throws {SluiceError} `cancelled` for Ctrl-C, or the end of the input.
 */
export async function askSecret(question: string, io: Io): Promise<string> {
  const nowhere = new Writable({ write: (_, __, done) => done() });
  const terminal = createInterface({ input: io.stdin, output: nowhere, terminal: true, historySize: 0 });
  io.stderr.write(question);
  try {
    return await new Promise((resolve, reject) => {
      const leave = () => reject(new SluiceError("cancelled", "nothing was typed"));
      terminal.on("line", resolve).on("SIGINT", leave).on("close", leave);
    });
  } finally {
    terminal.close();
    io.stderr.write("\n");
  }
}
