import { type Context, createContext, Script } from "node:vm";
import { SluiceError } from "../../stream/error.js";

/** How long a pattern may be tried, in ms: some take for ever, `(a+)+$` for one. */
const LONGEST_MS = 200;

let tried: { script: Script; context: Context } | undefined;

/**
 * Whether a pattern is found in a text.
 *
 * @throws {SluiceError} `invalid-argument` for what is no pattern, and for one that takes too long.
 */
export function boundedMatches(text: string, pattern: string): boolean {
  tried ??= { script: new Script("new RegExp(pattern).test(text)"), context: createContext({}) };
  const { script, context } = tried;
  Object.assign(context, { pattern, text });
  try {
    return script.runInContext(context, { timeout: LONGEST_MS }) === true;
  } catch (thrown) {
    // An error of the other context is no instance of this one's.
    const code = typeof thrown === "object" && thrown !== null ? Reflect.get(thrown, "code") : undefined;
    const late = code === "ERR_SCRIPT_EXECUTION_TIMEOUT";
    const why = late ? `takes more than ${LONGEST_MS} ms` : "is none that can be read";
    throw new SluiceError("invalid-argument", `the pattern ${JSON.stringify(pattern)} ${why}`, { cause: thrown });
  }
}
