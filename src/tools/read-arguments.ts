import type { JsonValue } from "../base/json.js";
import type { ToolDefinition } from "../stream/chat-request.js";
import { messageOf } from "../stream/error.js";
import type { ToolCallPart } from "../stream/message.js";
import { describeIssues, type Validation } from "../structured/schema.js";
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

/** Arguments that fit their schema, or what is wrong with them. */
export type ReadArguments = { value: unknown } | { problem: string };

/**
 * The arguments of a call as its tool takes them, or what is wrong with them.
 *
 * @param repair asked once, where something is; what it gives is checked against the schema as well.
 */
export function readArguments(
  tool: Tool,
  call: ToolCallPart,
  repair: RepairArguments | undefined,
): ReadArguments | Promise<ReadArguments> {
  const read = checked(tool, call);
  if (repair === undefined || (!(read instanceof Promise) && !("problem" in read))) return read;
  return repairedWhere(read, tool, call, repair);
}

async function repairedWhere(
  reading: ReadArguments | Promise<ReadArguments>,
  tool: Tool,
  call: ToolCallPart,
  repair: RepairArguments,
): Promise<ReadArguments> {
  const read = await reading;
  if (!("problem" in read)) return read;
  const repaired = await repair({ call, tool: tool.definition, problem: read.problem });
  if (repaired === undefined) return read;
  const { invalid: _, ...rest } = call;
  return checked(tool, { ...rest, input: repaired });
}

function checked(tool: Tool, call: ToolCallPart): ReadArguments | Promise<ReadArguments> {
  const { name, input, invalid } = call;
  if (invalid) return { problem: `The arguments of ${name} are not valid JSON: ${whyNotJson(input)}` };
  const reading = tool.readInput(input);
  return reading instanceof Promise ? reading.then((read) => readOf(name, read)) : readOf(name, reading);
}

function readOf(name: string, read: Validation<unknown>): ReadArguments {
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
