import { readFileSync } from "node:fs";
import { isJsonObject, parseJson } from "../base/json.js";
import { nearest } from "../base/nearest.js";
import { PROVIDERS } from "../models/providers.js";
import { invalid, SluiceError } from "../stream/error.js";
import { fileError } from "./file-problem.js";
import { writePrivate } from "./write-private.js";

/** Keys by the variables that hold them. */
export type Keys = Readonly<Record<string, string>>;

/** How variables end that hold what nobody else should read. */
const SECRET = /^[A-Z][A-Z0-9_]*(?:KEY|TOKEN|SECRET|PASSWORD)(?:_ID)?$/;

/** The keys in a file; none where it is not there. @throws {SluiceError} `invalid-argument` for any other file. */
export function readKeys(file: string): Keys {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (cause) {
    // Where a part of its path is no folder, it is not there either.
    if (["ENOENT", "ENOTDIR"].includes(String((cause as NodeJS.ErrnoException).code))) return {};
    throw fileError(file, "read", cause);
  }
  const keys = jsonOr(text);
  if (isJsonObject(keys) && Object.values(keys).every((key) => typeof key === "string")) return keys as Keys;
  // What is in it may be keys: the error does not show it.
  throw new SluiceError("invalid-argument", `${file} is no file of keys: allowed is an object of JSON with texts`);
}

/** Keeps keys: their owner alone can read them. @throws {SluiceError} `invalid-argument` for a file that cannot be written. */
export async function writeKeys(file: string, keys: Keys): Promise<void> {
  try {
    await writePrivate(file, `${JSON.stringify(keys, undefined, 2)}\n`);
  } catch (cause) {
    throw fileError(file, "written", cause);
  }
}

/**
 * The variable that is meant: that of a service, or one that holds a secret.
 *
 * @throws {SluiceError} `invalid-argument` for another name, or a service without a key.
 */
export function keyVariable(name: string): string {
  const provider = PROVIDERS.find(({ id }) => id === name);
  const [variable] = provider?.keyEnv ?? [];
  if (variable !== undefined) return variable;
  if (SECRET.test(name)) return name;
  const services = PROVIDERS.filter(({ keyEnv }) => keyEnv.length > 0).map(({ id }) => id);
  const near = nearest(name, services);
  const hint = near.length > 0 ? `did you mean ${near.join(" or ")}?` : services.join(", ");
  throw invalid("name", name, `a service, or a variable such as ELEVENLABS_API_KEY; ${hint}`);
}

function jsonOr(text: string): unknown {
  try {
    return parseJson(text);
  } catch {
    return undefined;
  }
}
