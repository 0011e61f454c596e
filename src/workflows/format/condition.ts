import type { JsonValue } from "../../base/json.js";
import { messageOf, SluiceError } from "../../stream/error.js";
import { loadPeer } from "../../stream/load-peer.js";
import { boundedMatches } from "./bounded-matches.js";
import { parseSimpleCondition } from "./simple-condition.js";

/** Looks up a name of a condition; `undefined` where it means nothing. */
export type LookUp = (name: string) => JsonValue | undefined;

/** A condition that can be asked. */
export interface Condition {
  /** The names that it may read. */
  readonly names: readonly string[];
  /** Those that are read with a path: `name.field`. */
  readonly dotted: ReadonlySet<string>;
  /** Those that must mean something: any other may be a text, such as the second word of `status == approved`. */
  readonly needed: ReadonlySet<string>;
  /** @throws {SluiceError} `invalid-argument` where it cannot be answered. */
  test(lookup: LookUp): JsonValue;
}

/** Reserved words and functions of CEL, which are no names of values. */
const CEL_WORDS = new Set(["true", "false", "null", "in", "has", "all", "exists", "exists_one", "map", "filter"]);

/**
 * A condition in the short form (`score >= 3 and "urgent" in subject`) or in CEL.
 *
 * @throws {SluiceError} `invalid-argument` for a text that is neither; `unsupported` for CEL where its package is missing.
 */
export async function compileCondition(text: string): Promise<Condition> {
  try {
    return parseSimpleCondition(text) ?? (await compileCel(text));
  } catch (thrown) {
    if (!(thrown instanceof RangeError)) throw thrown;
    throw new SluiceError("invalid-argument", "the condition is nested too deeply", { cause: thrown });
  }
}

/** The name under which patterns are tried for a limited time. */
const BOUNDED = "matches_in_time";
/** Texts, and calls of `matches`. */
const MATCHES = /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|\.\s*matches\s*\(/g;

async function compileCel(text: string): Promise<Condition> {
  const { Environment } = await loadPeer("@marcbachmann/cel-js", "a condition in CEL");
  const names = namesIn(text);
  let ask: (context: Record<string, unknown>) => unknown;
  try {
    const environment = new Environment({ unlistedVariablesAreDyn: true, homogeneousAggregateLiterals: false });
    environment.registerFunction(`string.${BOUNDED}(string): bool`, boundedMatches);
    ask = environment.parse(text.replace(MATCHES, (found) => (found.startsWith(".") ? `.${BOUNDED}(` : found)));
  } catch (thrown) {
    const first = messageOf(thrown).split("\n")[0];
    throw new SluiceError("invalid-argument", `${JSON.stringify(text)} is no condition: ${first}`, { cause: thrown });
  }
  const dotted = new Set(names.filter((name) => new RegExp(`(?<![\\w.])${name}\\s*[.[]`).test(text)));
  return {
    names,
    dotted,
    needed: new Set(names),
    test(lookup) {
      const context = Object.fromEntries(names.map((name) => [name, celValue(lookup(name))]));
      try {
        return jsonValueOf(ask(context));
      } catch (thrown) {
        const message = `the condition ${JSON.stringify(text)} cannot be answered: ${messageOf(thrown).split("\n")[0]}`;
        throw new SluiceError("invalid-argument", message, { cause: thrown });
      }
    },
  };
}

/** Words that stand neither in a string nor after a dot, and are not called. */
function namesIn(text: string): string[] {
  // What does not end goes to the end of the text: it is looked at once.
  const code = text.replace(/"[^"\\]*(?:\\[\s\S][^"\\]*)*(?:"|$)|'[^'\\]*(?:\\[\s\S][^'\\]*)*(?:'|$)/g, '""');
  const words = [...code.matchAll(/(?<![\w.])[A-Za-z_]\w*(?!\w|\s*\()/g)].map(([word]) => word);
  return [...new Set(words)].filter((word) => !CEL_WORDS.has(word));
}

/** CEL tells whole numbers from others; in JSON there is one kind, so whole ones become integers. */
function celValue(value: JsonValue | undefined): unknown {
  if (typeof value === "number") return Number.isSafeInteger(value) ? BigInt(value) : value;
  if (Array.isArray(value)) return value.map(celValue);
  if (typeof value !== "object" || value === null) return value ?? null;
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, celValue(field)]));
}

function jsonValueOf(value: unknown): JsonValue {
  const text = JSON.stringify(value, (_, inner) => (typeof inner === "bigint" ? Number(inner) : inner));
  return text === undefined ? null : JSON.parse(text);
}
