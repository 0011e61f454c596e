import { createInterface } from "node:readline/promises";
import { decline, deny, type InputHandler } from "../tools/input-response.js";
import { answerRequest } from "./answer-request.js";
import type { Io } from "./io.js";

/** Asks the person at the terminal what tools ask while an answer arrives. Where nobody is there, nothing is allowed. */
export function askAtTerminal(io: Io): InputHandler {
  return async ({ signal, from: _, messages: __, ...request }) => {
    const terminal = io.stdin.isTTY ? createInterface({ input: io.stdin, output: io.stderr }) : undefined;
    try {
      const next = terminal && (() => terminal.question("› ", { signal }).catch(() => undefined));
      const response = await answerRequest({ type: "input-request", ...request }, next, io);
      if (response !== undefined) return response;
      return request.kind === "approval" ? deny(request.id, "nobody answered") : decline(request.id, "nobody answered");
    } finally {
      terminal?.close();
    }
  };
}
