import { SluiceError } from "../../stream/error.js";
import type { ServerCall } from "../call.js";
import type { BegunCall } from "./call-tool.js";
import { CallWriter } from "./call-writer.js";

/** Whether a client takes its answer as a stream. */
export function takesStream(call: ServerCall): boolean {
  return /text\/event-stream|\*\/\*/.test(call.header("accept") ?? "*/*");
}

/** For a client that reads no stream; `undefined` where it gave the call up. @throws {SluiceError} where it left. */
export async function wholeResult({ mcpCall, turn, reader }: BegunCall): Promise<object | undefined> {
  const { progressToken: _, ...quiet } = mcpCall;
  const writer = new CallWriter(quiet, turn);
  for (let entry = await reader.next(); entry !== undefined; entry = await reader.next()) {
    const last = writer.take(turn, entry).at(-1);
    if (writer.state === "over") return last?.message;
  }
  throw new SluiceError("cancelled", "the client left");
}
