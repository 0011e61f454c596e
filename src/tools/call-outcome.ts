import type { JsonValue } from "../base/json.js";
import type { ToolResultEvent } from "../stream/chat-event.js";
import { SluiceError } from "../stream/error.js";
import type { ChatMessage, ToolCallPart } from "../stream/message.js";
import { outputText } from "../stream/tool-text.js";
import { describeIssues, type Validation } from "../structured/schema.js";
import { cutOutput } from "./cut-output.js";
import type { Tool } from "./tool.js";
import { ToolOutput, toJson } from "./tool-output.js";

/** How a run ended: with a result, or open, when somebody outside has to answer the call. */
export type CallOutcome =
  /** `error`: why the run failed, where it did. */
  | { type: "result"; result: ToolResultEvent; error?: unknown }
  /** `messages`: what the inner stream that waits has answered, where one does. */
  | { type: "open"; waitsFor: "input" | "caller"; messages?: readonly ChatMessage[] };

/** Without a promise, where nothing has to be waited for: most tools are done within the turn in which they are called. */
export type Pending<T> = T | Promise<T>;

/** The outcome of a run that goes on when somebody has answered. */
export const WAITS = { type: "open", waitsFor: "input" } as const;

/** What the outcome of a tool that has returned depends on. */
interface ReturnSettings {
  /** The arguments that the tool was given, where somebody edited them. */
  edited: JsonValue | undefined;
  maxResultChars: number;
}

/**
 * The outcome of a tool that has returned.
 *
 * @throws {SluiceError} `tool-failed` for what JSON cannot carry, or the tool's schema does not allow.
 */
export function readOutcome(
  call: ToolCallPart,
  tool: Tool,
  returned: unknown,
  settings: ReturnSettings,
): Pending<CallOutcome> {
  const output = returned instanceof ToolOutput ? returned : new ToolOutput(returned);
  const { value, isError } = output;
  const read = isError ? undefined : tool.readOutput?.(value);
  if (read instanceof Promise) return read.then((found) => outcomeOf(call, output, found, settings));
  return outcomeOf(call, output, read ?? { value }, settings);
}

/** A run that failed. @param error what it failed with, where that is more than a message. */
export function failed(call: ToolCallPart, message: string, error?: unknown): CallOutcome {
  const result = resultEvent(call, message, true);
  return error === undefined ? { type: "result", result } : { type: "result", result, error };
}

/** The result of a call, as an event. */
export function resultEvent({ callId, name }: ToolCallPart, output: JsonValue, isError: boolean): ToolResultEvent {
  if (isError) return { type: "tool-result", callId, name, output, isError: true };
  return { type: "tool-result", callId, name, output };
}

function outcomeOf(
  call: ToolCallPart,
  { isError, opaque }: ToolOutput,
  read: Validation<unknown>,
  { edited, maxResultChars }: ReturnSettings,
): CallOutcome {
  if (read.issues !== undefined) {
    throw new SluiceError(
      "tool-failed",
      `${call.name} returned what its schema does not allow: ${describeIssues(read.issues)}`,
    );
  }
  const output = cutOutput(toJson(read.value), maxResultChars);
  const result = resultEvent(call, edited === undefined ? output : { editedInput: edited, output }, isError);
  if (opaque !== undefined) result.opaque = opaque;
  if (!isError) return { type: "result", result };
  return { type: "result", result, error: new SluiceError("tool-failed", outputText(output)) };
}
