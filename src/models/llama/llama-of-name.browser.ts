import { SluiceError } from "../../stream/error.js";

/** @throws {SluiceError} `unsupported` for a name that begins with `llama/`: a page has no files. */
export function llamaOfName(name: string): undefined {
  if (!name.startsWith("llama/")) return undefined;
  throw new SluiceError("unsupported", `${name} runs in a process of Node, not in a browser`, { model: name });
}
