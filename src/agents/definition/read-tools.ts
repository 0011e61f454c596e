import { readFile } from "node:fs/promises";
import { extname, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { parse } from "yaml";
import { isJsonObject, type JsonObject } from "../../base/json.js";
import { invalid, messageOf, SluiceError } from "../../stream/error.js";
import { type Tool, type ToolOptions, tool } from "../../tools/tool.js";
import { checkTools, type ToolSource } from "../../tools/toolbox.js";

/** How files end that hold definitions of tools, and no code. */
const DEFINITIONS = [".json", ".yaml", ".yml"];

/**
 * The tools of a file: a module whose default export is a tool, the settings of one as `tool()` takes them, or a list of those and of
 * sources of tools; or JSON or YAML with definitions as OpenAI and Anthropic have them, which have no code: what they return is asked of
 * a person. A module is run.
 *
 * @throws {SluiceError} `invalid-argument` for a file that cannot be read, or holds anything else.
 */
export async function readTools(path: string): Promise<(Tool | ToolSource)[]> {
  const file = resolve(path);
  try {
    const isDefinition = DEFINITIONS.includes(extname(file).toLowerCase());
    const found = isDefinition ? parse(await readFile(file, "utf8")) : await exportOf(file);
    const list = Array.isArray(found) ? found : [found];
    const tools = list.map((one, index) => (isDefinition ? definedTool(one, `${path}[${index}]`) : exportedTool(one)));
    checkTools(tools, `the tools of ${path}`);
    return tools as (Tool | ToolSource)[];
  } catch (thrown) {
    if (thrown instanceof SluiceError) throw thrown;
    throw invalid("tools", path, `a file of tools that can be read: ${messageOf(thrown)}`);
  }
}

async function exportOf(file: string): Promise<unknown> {
  const { default: exported } = await import(/* webpackIgnore: true */ /* @vite-ignore */ pathToFileURL(file).href);
  if (exported === undefined) throw invalid(`${file}: default export`, exported, "a tool, or a list of tools");
  return exported;
}

/** The settings of a tool become one: a module need not find this package. */
function exportedTool(one: unknown): unknown {
  const isSettings = typeof one === "object" && one !== null && "name" in one && "input" in one;
  return isSettings && !("definition" in one) ? tool(one as unknown as ToolOptions<JsonObject>) : one;
}

/** `{ type: "function", function: { name, description, parameters } }`, the same without the inner object, or Anthropic's. */
function definedTool(value: unknown, place: string): Tool {
  if (!isJsonObject(value)) throw invalid(place, value, "the definition of a tool");
  const definition = isJsonObject(value.function) ? value.function : value;
  const { name, description, parameters, input_schema, inputSchema } = definition;
  const input = parameters ?? input_schema ?? inputSchema ?? { type: "object", properties: {} };
  if (typeof name !== "string") throw invalid(`${place}.name`, name, "the name of a tool");
  if (!isJsonObject(input)) throw invalid(`${place}.parameters`, input, "a JSON Schema of an object");
  if (description !== undefined && typeof description !== "string")
    throw invalid(`${place}.description`, description, "a text");
  return tool({
    name,
    ...(description !== undefined && { description }),
    input,
    run: async (given, { ask }) => {
      const answer = await ask({ message: `${name} ${JSON.stringify(given)}: what does it return?`, schema: RESULT });
      return isJsonObject(answer) ? answer.result : answer;
    },
  });
}

const RESULT: JsonObject = { type: "object", properties: { result: {} }, required: ["result"] };
