import type { JsonObject, JsonValue } from "../../base/json.js";
import type { ToolChoice } from "../../stream/chat-request.js";
import { invalid } from "../../stream/error.js";
import type { ChatMessage } from "../../stream/message.js";
import type { Tool } from "../../tools/tool.js";
import { changedTools } from "../../tools/toolbox.js";
import { withTools } from "../../tools/with-tools.js";
import { flag, list, text, whole } from "../format/field-spec.js";
import { asText } from "../format/template.js";
import { callSettings, MODEL_FIELDS, requestSettings, SYSTEM_MESSAGE } from "./model-fields.js";
import { readWithRequests } from "./read-with-requests.js";
import type { StepContext } from "./step-context.js";
import type { StepType } from "./step-type.js";
import { toolsNamed } from "./tools-named.js";

/** Lets a model call tools. */
export const toolCall: StepType = {
  type: "tool_call",
  aliases: ["tools"],
  about: "Lets a model call tools that the program registered, and gives its answer and what the tools returned.",
  config: {
    ...MODEL_FIELDS,
    tools: list("The names of the tools. Default: all."),
    tool_category: text("Not used: tools are named."),
    tool_choice: text("auto, none, required (any), or the name of the tool that must be called. Default auto."),
    auto_execute: flag("Whether tools are run. Default true."),
    max_iterations: whole("Most model calls. Default 5.", 1),
    prompt: text("Instructions to the model; what is asked where there is no message and no other input."),
    system_message: SYSTEM_MESSAGE,
  },
  inputs: {
    message: text("What is asked. Default: the other inputs, else the prompt.", {
      aliases: ["user_input", "user_message", "question", "query"],
    }),
  },
  results: {
    response: "The answer.",
    tool_calls: "What was called: id, name, parameters.",
    tool_results: "What was returned: tool_call_id, name, result or error.",
    result: "What the last tool returned.",
    iterations: "How often the model was called.",
    tools_used: "The names of the tools that were called.",
    finish_reason: "Why the model stopped.",
    success: "Whether no tool failed.",
  },
  main: ({ config }) => (isForced(config.tool_choice) ? "result" : "response"),
  writes: "response",
  group: "llm",
  check: ({ config, inputs }) =>
    Object.keys(inputs).length === 0 && ["prompt", "message"].every((name) => config[name] === undefined)
      ? "tool_call needs inputs.message"
      : undefined,
  async run(context) {
    const { config } = context;
    const { tools: known = [] } = context.services;
    const tools = Array.isArray(config.tools) ? toolsNamed(context, config.tools.map(asText), "config.tools") : known;
    const asked = askedIn(context);
    const instructions = [config.system_message, config.prompt].filter((one) => one !== asked && isFilled(one));
    const messages: ChatMessage[] = [{ role: "user", content: asked }];
    if (instructions.length > 0) messages.unshift({ role: "system", content: instructions.map(asText).join("\n\n") });
    const steps = typeof config.max_iterations === "number" ? config.max_iterations : 5;
    const ready = config.auto_execute === false ? changedTools(tools, withoutRun) : tools;
    const model = withTools(context.model(), ready, { maxSteps: steps });
    const choice = choiceOf(config.tool_choice);
    const request = { ...requestSettings(context), messages, ...(choice !== undefined && { toolChoice: choice }) };
    const { answer, parts, steps: called } = await readWithRequests(context, model, request, callSettings(context));
    const calls = parts.flatMap((part) => (part.type === "tool-call" ? [part] : []));
    const returned = parts.flatMap((part) => (part.type === "tool-result" ? [part] : []));
    return {
      response: answer.text,
      tool_calls: calls.map(({ callId, name, input }) => ({ id: callId, name, parameters: input })),
      tool_results: returned.map(
        ({ callId, name, output, isError }): JsonObject => ({
          tool_call_id: callId,
          name,
          ...(isError ? { error: output } : { result: output }),
        }),
      ),
      result: returned.findLast(({ isError }) => !isError)?.output ?? null,
      iterations: called,
      tools_used: [...new Set(calls.map(({ name }) => name))],
      finish_reason: answer.finishReason,
      success: returned.every(({ isError }) => !isError),
    };
  },
};

/** What is asked: the message, the other inputs by their names, or the prompt alone. */
function askedIn(context: StepContext): string {
  const message = context.field("message");
  if (message !== undefined && message !== null) return asText(message);
  const inputs = Object.entries(context.inputs);
  if (inputs.length === 0) return asText(context.config.prompt);
  if (inputs.length === 1) return asText(inputs[0]?.[1]);
  return inputs.map(([name, value]) => `${name}:\n${asText(value)}`).join("\n\n");
}

function withoutRun({ run: _, ...rest }: Tool): Tool {
  return rest;
}

function isFilled(value: JsonValue | undefined): value is string {
  return typeof value === "string" && value !== "";
}

function isForced(choice: JsonValue | undefined): boolean {
  return choiceOf(choice) !== undefined && typeof choiceOf(choice) === "object";
}

function choiceOf(choice: JsonValue | undefined): ToolChoice | undefined {
  if (choice === undefined || choice === null || choice === "auto") return undefined;
  if (choice === "any" || choice === "required") return "required";
  if (choice === "none") return "none";
  if (typeof choice === "string") return { name: choice };
  if (typeof choice === "object" && !Array.isArray(choice)) {
    const name = choice.name ?? choice.function_name;
    if (typeof name === "string") return { name };
  }
  throw invalid("config.tool_choice", choice, "auto, none, required, or the name of a tool");
}
