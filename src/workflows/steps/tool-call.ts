import type { JsonObject, JsonValue } from "../../base/json.js";
import { nearest } from "../../base/nearest.js";
import type { ToolChoice } from "../../stream/chat-request.js";
import { invalid, SluiceError } from "../../stream/error.js";
import type { ChatMessage } from "../../stream/message.js";
import type { Tool } from "../../tools/tool.js";
import { changedTools, isToolSource, Toolbox, type ToolSource } from "../../tools/toolbox.js";
import { withTools } from "../../tools/with-tools.js";
import { flag, list, text, whole } from "../format/field-spec.js";
import { asText } from "../format/template.js";
import { callSettings, MODEL_FIELDS, requestSettings } from "./model-fields.js";
import { readWithRequests } from "./read-with-requests.js";
import type { StepContext } from "./step-context.js";
import type { StepType } from "./step-type.js";

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
    prompt: text("Instructions to the model.", { aliases: ["system_prompt", "system_message"] }),
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
    const tools = chosenTools(context);
    const messages: ChatMessage[] = [{ role: "user", content: askedIn(context) }];
    if (typeof config.prompt === "string" && messages[0]?.content !== config.prompt)
      messages.unshift({ role: "system", content: config.prompt });
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

/** The tools that the step names, and no others. Those of sources are not known before these are connected. */
function chosenTools({ config, services }: StepContext): readonly (Tool | ToolSource)[] {
  const { tools: known = [] } = services;
  if (!Array.isArray(config.tools)) return known;
  const names = [...new Set(config.tools.map(asText))];
  const tools = known.flatMap((one) => (isToolSource(one) ? [] : [one]));
  if (tools.length === known.length) return named(names, tools);
  return [{ tools: async () => named(names, (await Toolbox.gather(known)).tools) }];
}

/** @throws {SluiceError} `not-found` for a name that no tool has. */
function named(names: readonly string[], tools: readonly Tool[]): Tool[] {
  return names.map((name) => {
    const found = tools.find(({ definition }) => definition.name === name);
    if (found !== undefined) return found;
    const all = tools.map(({ definition }) => definition.name);
    const near = nearest(name, all);
    const hint =
      near.length > 0
        ? `did you mean ${near.join(" or ")}?`
        : `the tools are ${all.join(", ") || "none: the option tools registers them"}`;
    throw new SluiceError("not-found", `there is no tool ${JSON.stringify(name)}; ${hint}`, { field: "config.tools" });
  });
}

function withoutRun({ run: _, ...rest }: Tool): Tool {
  return rest;
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
