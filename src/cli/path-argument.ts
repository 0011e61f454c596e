import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { invalid } from "../stream/error.js";
import type { Io } from "./io.js";
import { splitWords } from "./split-words.js";

/**
 * The path that somebody typed behind a command: `~` is their folder, quotes and backslashes before spaces are as a shell has them, as
 * terminals write files that are dropped on them. What is the name of a file as it stands is taken as it stands.
 *
 * @throws {SluiceError} `invalid-argument` for quotes with more than one path.
 */
export function pathArgument(text: string, env: Io["env"]): string {
  const plain = fromHome(text, env);
  if (text === "" || existsSync(plain)) return plain;
  if (!/^["']/.test(text)) return fromHome(text.replace(/\\(?=[\s"'\\()&[\]{}!#$;*?<>|`])(.)/g, "$1"), env);
  const [path = "", ...more] = splitWords(text, "PATH");
  if (more.length > 0) throw invalid("PATH", text, "one path");
  return fromHome(path, env);
}

function fromHome(path: string, env: Io["env"]): string {
  return path.replace(/^~(?=$|[/\\])/, () => env.HOME || env.USERPROFILE || homedir());
}
