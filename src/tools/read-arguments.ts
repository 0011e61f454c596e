import type { JsonValue } from "../base/json.js";
import type { ToolDefinition } from "../stream/chat-request.js";
import { messageOf } from "../stream/error.js";
import type { ToolCallPart } from "../stream/message.js";
import { describeIssues } from "../structured/schema.js";
import type { Tool } from "./tool.js";

/** Arguments that a tool cannot be run with. */
export interface BrokenArguments {
  /** The call as the model made it; its input is text where it was not JSON. */
  call: ToolCallPart;
  /** The tool, with the schema that the arguments are to fit. */
  tool: ToolDefinition;
  /** What is wrong with them, in the words that the model gets. */
  problem: string;
}

/** Repairs broken arguments. Returns `undefined` where it cannot: then the model gets the error. */
export type RepairArguments = (broken: BrokenArguments) => JsonValue | undefined | Promise<JsonValue | undefined>;

/**
 * The arguments of a call as its tool takes them, or what is wrong with them.
 *
 * @param repair asked once, where something is; what it gives is held to the schema as well.
 */
export async function readArguments(
  tool: Tool,
  call: ToolCallPart,
  repair: RepairArguments | undefined,
): Promise<{ value: unknown } | { problem: string }> {
  const read = await checked(tool, call);
  if (!("problem" in read) || repair === undefined) return read;
  const repaired = await repair({ call, tool: tool.definition, problem: read.problem });
  if (repaired === undefined) return read;
  const { invalid: _, ...rest } = call;
  return checked(tool, { ...rest, input: repaired });
}

async function checked(tool: Tool, call: ToolCallPart): Promise<{ value: unknown } | { problem: string }> {
  const { name, input, invalid } = call;
  if (invalid) return { problem: `The arguments of ${name} are not valid JSON: ${whyNotJson(input)}` };
  const read = await tool.readInput(input);
  if (read.issues === undefined) return { value: read.value };
  return { problem: `The arguments of ${name} are not valid: ${describeIssues(read.issues)}` };
}

function whyNotJson(text: JsonValue): string {
  try {
    JSON.parse(String(text));
    return "they are incomplete";
  } catch (thrown) {
    return messageOf(thrown);
  }
}
