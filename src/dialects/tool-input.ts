import { isJsonObject, type JsonObject, type JsonValue, parseExactJson } from "../base/json.js";
import { BACKSLASH, QUOTE } from "../base/json-characters.js";

/** Arguments as a tool call event carries them. */
export interface ParsedInput {
  input: JsonValue;
  invalid?: true;
}

/** What arguments that are no JSON object stand under, as Anthropic's documentation of streamed tool use advises. */
const INVALID = "INVALID_JSON";

/** Arguments as an object, where a protocol takes nothing else. */
export function inputObject(input: JsonValue): JsonObject {
  if (isJsonObject(input)) return input;
  return { [INVALID]: typeof input === "string" ? input : JSON.stringify(input) };
}

/** Arguments that came as JSON and not as its text; those that `inputObject` put into an object are taken out again. */
export function readInput(value: JsonValue | undefined): ParsedInput {
  if (isJsonObject(value) && Object.keys(value).length === 1 && typeof value[INVALID] === "string") {
    return { input: value[INVALID], invalid: true };
  }
  return { input: toolInput(value) };
}

/** The name of a call that never got one: whoever runs tools knows none of this name, and tells the model so. */
export const UNNAMED = "unnamed";

/**
 * The arguments of a call. None at all are an empty object, and so is `null`, which models say for a tool without
 * parameters; an object that was encoded twice is that object; what is JSON but for a fence around it or a line
 * end in a string is that JSON; what is not JSON stays text and is marked. Whole numbers
 * that a double cannot hold keep their digits, as text.
 */
export function parseToolInput(text: string): ParsedInput {
  if (text.trim() === "") return { input: {} };
  const input = parsed(text) ?? parsed(repaired(text));
  return input === undefined ? { input: text, invalid: true } : { input };
}

function parsed(text: string): JsonValue | undefined {
  try {
    return toolInput(parseExactJson(text));
  } catch {
    return undefined;
  }
}

/** Without the fence around it, and with the control characters escaped that stand in strings: neither changes what is meant. */
function repaired(text: string): string {
  const fenced = text.trim();
  const open = /^```\w{0,16}\s/.exec(fenced)?.[0].length ?? 0;
  const json = fenced.slice(open, open > 0 && fenced.endsWith("```") ? -3 : undefined);
  let escaped = "";
  let quoted = false;
  for (let at = 0; at < json.length; at++) {
    const code = json.charCodeAt(at);
    if (quoted && code < 0x20) {
      escaped += JSON.stringify(json.charAt(at)).slice(1, -1);
      continue;
    }
    escaped += json.charAt(at);
    if (code === QUOTE) quoted = !quoted;
    else if (quoted && code === BACKSLASH && at + 1 < json.length) escaped += json.charAt(++at);
  }
  return escaped;
}

/** The same of arguments that came as JSON and not as its text. */
export function toolInput(value: JsonValue | undefined): JsonValue {
  if (value === undefined || value === null) return {};
  return typeof value === "string" ? (encodedTwice(value) ?? value) : value;
}

function encodedTwice(text: string): JsonValue | undefined {
  if (!/^\s*[{[]/.test(text)) return undefined;
  try {
    const value = parseExactJson(text);
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
