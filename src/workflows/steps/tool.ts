import { isJsonObject } from "../../base/json.js";
import { defineModel } from "../../models/define-model.js";
import { SluiceError } from "../../stream/error.js";
import { withTools } from "../../tools/with-tools.js";
import { object, required, text } from "../format/field-spec.js";
import { asText } from "../format/template.js";
import { spreadResult } from "./function.js";
import { callSettings } from "./model-fields.js";
import { readWithRequests } from "./read-with-requests.js";
import type { StepType } from "./step-type.js";
import { toolsNamed } from "./tools-named.js";

/** Calls one tool; no model is asked. Its approvals and questions are those of the run. */
export const toolStep: StepType = {
  type: "tool",
  aliases: ["call_tool", "run_tool", "use_tool", "invoke_tool", "execute_tool", "mcp_tool"],
  about: "Calls a tool that the program registered; its inputs are the arguments. No model is asked.",
  config: {
    tool: required(text("Its name.", { aliases: ["tool_name", "name"] })),
    arguments: object("Given beside the inputs.", {
      aliases: ["args", "parameters", "params", "tool_arguments", "tool_args", "tool_parameters", "tool_input"],
    }),
  },
  results: { result: "What it returned." },
  openResults: true,
  main: "result",
  async run(context) {
    const { config, inputs, idempotencyKey } = context;
    const name = asText(config.tool);
    const input = { ...(isJsonObject(config.arguments) ? config.arguments : {}), ...inputs };
    // The loop of tools checks arguments, asks and waits: here its model makes the one call that the document asks for.
    const caller = defineModel({
      id: `tool/${name}`,
      capabilities: { tools: true },
      stream: () => [{ type: "tool-call", callId: idempotencyKey, name, input }],
    });
    const model = withTools(caller, toolsNamed(context, [name], "config.tool"), {
      throwOnError: true,
      stopWhen: () => true,
      maxResultChars: Number.POSITIVE_INFINITY,
    });
    const messages = [{ role: "user" as const, content: `Call ${name}` }];
    const { parts } = await readWithRequests(context, model, { messages }, callSettings(context));
    const returned = parts.findLast((part) => part.type === "tool-result");
    if (returned === undefined || returned.isError === true) {
      const why = returned === undefined ? "it was not called" : asText(returned.output);
      throw new SluiceError("tool-failed", `${name}: ${why}`);
    }
    return spreadResult(plainOutput(returned.output), name);
  },
};

/** If somebody edited the arguments, the result also says what ran, for a model to read. Here only the output counts. */
function plainOutput(output: unknown): unknown {
  const isEdited = isJsonObject(output) && Object.keys(output).join() === "editedInput,output";
  return isEdited ? output.output : output;
}
