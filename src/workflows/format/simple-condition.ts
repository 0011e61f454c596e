import type { JsonValue } from "../../base/json.js";
import type { Condition, LookUp } from "./condition.js";
import { parsePath, valueAt } from "./path.js";
import { isTrue } from "./truth.js";

/** `{name}`, `{{name}}`, `$name`, a string, a number, an operator, a bracket, or a word with its path. */
const TOKEN =
  /\s*(?:\{\{?\s*(?<place>[\w.[\]-]+)\s*\}\}?|\$(?<variable>[A-Za-z_][\w.[\]]*)|(?<string>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')|(?<number>-?\d+(?:\.\d+)?)(?![\w.])|(?<operator>===|!==|==|!=|>=|<=|>|<|&&|\|\||!|\(|\))|(?<word>[A-Za-z_]\w*(?:\.[A-Za-z_]\w*|\.\d+|\[\d+\])*))/y;

type Token = { kind: "value"; value: JsonValue } | { kind: "name" | "word" | "operator"; text: string };

/** What a part of a condition is worth. A word that names nothing is a text. */
type Ask = (lookup: LookUp) => JsonValue;

const LITERALS = new Map<string, JsonValue>([
  ["true", true],
  ["false", false],
  ["null", null],
  ["none", null],
]);
const COMPARISONS = new Set(["==", "===", "!=", "!==", ">", "<", ">=", "<=", "in", "contains", "is", "equals"]);
/** `starts with` and the like, as people write them. */
const PHRASES: readonly [RegExp, string][] = [
  [/\bnot\s+in\b/gi, "not_in"],
  [/\bis\s+not\b/gi, "!="],
  [/\b(?:does\s+not|not)\s+contains?\b/gi, "not_contains"],
  [/\bstarts?[\s_]?with\b/gi, "starts_with"],
  [/\bends?[\s_]?with\b/gi, "ends_with"],
];

/**
 * The short form of conditions: comparisons (`==`, `<`, `in`, `contains` …) of names, texts and numbers, joined by `and`,
 * `or` and `not`. Returns `undefined` for anything more, which is CEL's.
 */
export function parseSimpleCondition(text: string): Condition | undefined {
  const tokens = tokensOf(text);
  if (tokens === undefined || tokens.length === 0) return undefined;
  const parser = new Parser(tokens);
  const ask = parser.either();
  if (ask === undefined || !parser.done) return undefined;
  return { names: [...parser.names], dotted: parser.dotted, needed: parser.needed, test: ask };
}

function tokensOf(text: string): Token[] | undefined {
  const quoted: string[] = [];
  // Strings are set aside, so that the phrases are looked for outside of them only.
  // A text without its closing quote goes to the end, and is not read as one.
  let unended = false;
  let plain = text.replace(/"[^"\\]*(?:\\[\s\S][^"\\]*)*(?:"|$)|'[^'\\]*(?:\\[\s\S][^'\\]*)*(?:'|$)/g, (found) => {
    if (found.length < 2 || !found.endsWith(found.charAt(0))) unended = true;
    quoted.push(found);
    return `'${quoted.length - 1}'`;
  });
  if (unended) return undefined;
  for (const [phrase, operator] of PHRASES) plain = plain.replace(phrase, operator);
  plain = plain.trim();
  const tokens: Token[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < plain.length) {
    const groups = TOKEN.exec(plain)?.groups;
    if (groups === undefined) return undefined;
    const { place, variable, string, number, operator, word } = groups;
    const name = place ?? variable;
    if (name !== undefined) tokens.push({ kind: "name", text: name });
    else if (string !== undefined)
      tokens.push({ kind: "value", value: unquote(quoted[Number(string.slice(1, -1))] ?? "") });
    else if (number !== undefined) tokens.push({ kind: "value", value: Number(number) });
    else if (operator !== undefined) tokens.push({ kind: "operator", text: operator });
    else if (word !== undefined) tokens.push(wordToken(word));
  }
  return tokens;
}

function wordToken(word: string): Token {
  const lower = word.toLowerCase();
  const literal = LITERALS.get(lower);
  if (literal !== undefined) return { kind: "value", value: literal };
  const isOperator = ["and", "or", "not", "not_in", "not_contains", "starts_with", "ends_with"].includes(lower);
  if (isOperator || COMPARISONS.has(lower)) return { kind: "operator", text: lower };
  return { kind: "word", text: word };
}

function unquote(text: string): string {
  return text.slice(1, -1).replace(/\\(.)/g, (_, char: string) => (char === "n" ? "\n" : char === "t" ? "\t" : char));
}

class Parser {
  readonly names = new Set<string>();
  readonly dotted = new Set<string>();
  readonly needed = new Set<string>();
  readonly #tokens: readonly Token[];
  #at = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  get done(): boolean {
    return this.#at === this.#tokens.length;
  }

  either(): Ask | undefined {
    let left = this.#both();
    while (left !== undefined && (this.#take("or") || this.#take("||"))) {
      const [first, second]: [Ask, Ask | undefined] = [left, this.#both()];
      left = second && ((lookup) => isTrue(first(lookup)) || isTrue(second(lookup)));
    }
    return left;
  }

  #both(): Ask | undefined {
    let left = this.#negated();
    while (left !== undefined && (this.#take("and") || this.#take("&&"))) {
      const [first, second]: [Ask, Ask | undefined] = [left, this.#negated()];
      left = second && ((lookup) => isTrue(first(lookup)) && isTrue(second(lookup)));
    }
    return left;
  }

  #negated(): Ask | undefined {
    if (!this.#take("not") && !this.#take("!")) return this.#comparison();
    const inner = this.#negated();
    return inner && ((lookup) => !isTrue(inner(lookup)));
  }

  #comparison(): Ask | undefined {
    const first = this.#tokens[this.#at];
    const left = this.#operand();
    const token = this.#tokens[this.#at];
    const compare = token?.kind === "operator" ? COMPARE.get(token.text) : undefined;
    const within = token?.kind === "operator" && (token.text === "in" || token.text === "not_in");
    // What something is looked for in, or else what stands first, is no mere text.
    if (!within) this.#need(first);
    if (left === undefined || compare === undefined) return left;
    this.#at++;
    if (within) this.#need(this.#tokens[this.#at]);
    const right = this.#operand();
    return right && ((lookup) => compare(left(lookup), right(lookup)));
  }

  #need(token: Token | undefined): void {
    const [name] = token?.kind === "word" ? parsePath(token.text) : [];
    if (name !== undefined) this.needed.add(name);
  }

  #operand(): Ask | undefined {
    if (this.#take("(")) {
      const inner = this.either();
      return this.#take(")") ? inner : undefined;
    }
    const token = this.#tokens[this.#at++];
    if (token === undefined || token.kind === "operator") return undefined;
    if (token.kind === "value") return () => token.value;
    return this.#named(token.text, token.kind === "word");
  }

  /** A bare word that names nothing is a text: `status == approved`. */
  #named(text: string, mayBeText: boolean): Ask {
    const [name = "", ...path] = parsePath(text);
    this.names.add(name);
    if (!mayBeText) this.needed.add(name);
    if (path.length > 0) this.dotted.add(name);
    return (lookup) => {
      const value = lookup(name);
      if (value === undefined) return mayBeText ? text : null;
      return valueAt(value, path) ?? null;
    };
  }

  #take(text: string): boolean {
    const token = this.#tokens[this.#at];
    if (token?.kind !== "operator" || token.text !== text) return false;
    this.#at++;
    return true;
  }
}

/** Compares as people mean it: a number and the same number as text are equal, `True` and `true` too. */
function looselyEqual(left: JsonValue, right: JsonValue): boolean {
  if (left === right) return true;
  if (typeof left === "object" || typeof right === "object") return JSON.stringify(left) === JSON.stringify(right);
  const [a, b] = [numberOf(left), numberOf(right)];
  if (a !== undefined && b !== undefined) return a === b;
  if (typeof left === "boolean" || typeof right === "boolean") {
    return String(left).toLowerCase() === String(right).toLowerCase();
  }
  return String(left).trim() === String(right).trim();
}

/** Whether one value is in another: a text in a text in any case, an item in a list, a key in an object. */
function contains(container: JsonValue, wanted: JsonValue): boolean {
  if (typeof container === "string") return container.toLowerCase().includes(String(wanted ?? "").toLowerCase());
  if (Array.isArray(container)) return container.some((item) => looselyEqual(item, wanted));
  return typeof container === "object" && container !== null && Object.hasOwn(container, String(wanted));
}

function numberOf(value: JsonValue): number | undefined {
  if (typeof value === "number") return value;
  if (typeof value !== "string" || value.trim() === "") return undefined;
  const number = Number(value);
  return Number.isNaN(number) ? undefined : number;
}

function ordered(test: (difference: number) => boolean): (left: JsonValue, right: JsonValue) => boolean {
  return (left, right) => {
    const [a, b] = [numberOf(left), numberOf(right)];
    if (a !== undefined && b !== undefined) return test(a - b);
    // Texts, such as ISO dates, by their characters; anything else is in no order.
    if (typeof left !== "string" || typeof right !== "string") return false;
    return test(left < right ? -1 : left > right ? 1 : 0);
  };
}

/** What each comparison does. */
export const COMPARE: ReadonlyMap<string, (left: JsonValue, right: JsonValue) => boolean> = new Map([
  ["==", looselyEqual],
  ["===", looselyEqual],
  ["is", looselyEqual],
  ["equals", looselyEqual],
  ["!=", (left, right) => !looselyEqual(left, right)],
  ["!==", (left, right) => !looselyEqual(left, right)],
  [">", ordered((difference) => difference > 0)],
  ["<", ordered((difference) => difference < 0)],
  [">=", ordered((difference) => difference >= 0)],
  ["<=", ordered((difference) => difference <= 0)],
  ["in", (left, right) => contains(right, left)],
  ["not_in", (left, right) => !contains(right, left)],
  ["contains", contains],
  ["not_contains", (left, right) => !contains(left, right)],
  ["starts_with", (left, right) => String(left).startsWith(String(right))],
  ["ends_with", (left, right) => String(left).endsWith(String(right))],
]);

/** Operators by their names in words. */
export const OPERATORS = new Map([
  ["=", "=="],
  ["equals", "=="],
  ["not_equals", "!="],
  ["greater_than", ">"],
  ["less_than", "<"],
  ["greater_or_equal", ">="],
  ["less_or_equal", "<="],
]);
