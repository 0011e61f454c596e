import { isJsonObject, type JsonValue, parseJson } from "../base/json.js";
import { visibleJson, visibleText } from "../base/visible-text.js";
import type { InputRequestPart, InputResponsePart } from "../stream/message.js";
import { checkJsonSchema } from "../structured/check-json-schema.js";
import { describeIssues } from "../structured/schema.js";
import { answer, approve, decline, deny, edit } from "../tools/input-response.js";
import { type Io, shown } from "./io.js";

/** The next line that a person types; `undefined` if there is none any more. */
export type NextLine = () => Promise<string | undefined>;

/**
 * Asks the person at the terminal, until the answer fits; `undefined` where they leave. Where nobody is there, nothing is allowed and
 * no question answered.
 */
export async function answerRequest(
  request: InputRequestPart,
  next: NextLine | undefined,
  io: Io,
): Promise<InputResponsePart | undefined> {
  const print = (text: string) => io.stderr.write(`${shown(text, io.stderr)}\n`);
  const { id } = request;
  if (next === undefined) {
    const nobody = "nobody is at a terminal";
    return request.kind === "approval" ? deny(id, nobody) : decline(id, nobody);
  }
  if (request.kind === "approval") {
    print(`? ${visibleText(request.name)} ${visibleJson(request.input)}`);
    print("  y allows it, n does not, JSON is run in place of the arguments");
  } else print(`? ${request.message}`);
  for (;;) {
    const line = (await next())?.trim();
    if (line === undefined) return undefined;
    if (request.kind === "approval") {
      if (/^(y|yes)$/i.test(line)) return approve(id);
      if (/^(n|no)$/i.test(line)) return deny(id);
      const input = json(line);
      if (isJsonObject(input)) return edit(id, input);
      print("  y, n or a JSON object");
    } else {
      const value = fitting(line, request.schema);
      if (value !== undefined) return answer(id, value);
      print(`  it has to fit: ${describeIssues(checkJsonSchema(request.schema, json(line) ?? line))}`);
    }
  }
}

/** What was typed as a value that fits: a text, JSON, yes or no, or the one field of an object. */
function fitting(line: string, schema: JsonValue): JsonValue | undefined {
  if (!isJsonObject(schema)) return undefined;
  const decision = /^(y|yes)$/i.test(line) ? true : /^(n|no)$/i.test(line) ? false : undefined;
  const values = [line, json(line), decision].filter((value) => value !== undefined);
  const [only, ...others] = isJsonObject(schema.properties) ? Object.keys(schema.properties) : [];
  const wrapped = only === undefined || others.length > 0 ? [] : values.map((value) => ({ [only]: value }));
  return [...values, ...wrapped].find((value) => checkJsonSchema(schema, value).length === 0);
}

function json(text: string): JsonValue | undefined {
  try {
    return parseJson(text);
  } catch {
    return undefined;
  }
}
