import { readFile } from "node:fs/promises";
import { SluiceError } from "../stream/error.js";
import { fileError } from "./file-problem.js";

/**
 * What `--input` gives: `name=value`, or `name=@file` for a file's text.
 *
 * @throws {SluiceError} `invalid-argument` for what has no name, or a file that cannot be read.
 */
export async function readInputPair(pair: string): Promise<{ name: string; text: string }> {
  const equals = pair.indexOf("=");
  if (equals < 1)
    throw new SluiceError("invalid-argument", `--input: found ${JSON.stringify(pair)}; allowed: name=value`, {
      field: "--input",
    });
  const name = pair.slice(0, equals);
  const text = pair.slice(equals + 1);
  if (!text.startsWith("@")) return { name, text };
  const file = text.slice(1);
  return {
    name,
    text: await readFile(file, "utf8").catch((cause: unknown) => Promise.reject(fileError(file, "read", cause))),
  };
}
