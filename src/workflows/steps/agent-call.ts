import { dirname, join } from "node:path";
import type { JsonObject } from "../../base/json.js";
import { nearest } from "../../base/nearest.js";
import { SluiceError } from "../../stream/error.js";
import { RunFolder } from "../files/run-folder.js";
import { flag, list, number, object, text } from "../format/field-spec.js";
import { asText } from "../format/template.js";
import { callSettings } from "./model-fields.js";
import { readWithRequests } from "./read-with-requests.js";
import type { StepContext } from "./step-context.js";
import type { StepResult, StepType } from "./step-type.js";

/** Asks an agent: a chat model that the program registered, or a workflow in a file. */
export const agentCall: StepType = {
  type: "agent_call",
  aliases: ["agent"],
  about: "Asks an agent that the program registered, or runs the workflow of a file; what it says streams.",
  config: {
    agent: text("The name of an agent.", { aliases: ["agent_name"] }),
    agent_file: text("A file with a workflow, relative to the run's folder.", { aliases: ["workflow_file", "file"] }),
    agent_folder: text("Where the file is."),
    timeout: number("Seconds that it may take.", { minimum: 0 }),
    inherit_context: flag("Whether the agent's run is given what this one was. Default true."),
    return_outputs: list("Which steps' outputs are among the results. Default: all."),
  },
  inputs: { inputs: object("Given to it, beside the other inputs.") },
  results: {
    final_output: "What it answered.",
    response: "What it answered, as text.",
    outputs: "What its steps made; of a file.",
    agent_name: "Its name.",
    success: "true",
  },
  openResults: true,
  main: "final_output",
  container: true,
  check: ({ config, inputs }) =>
    (config.agent ?? config.agent_file ?? inputs.agent ?? inputs.agent_file) === undefined
      ? "agent_call needs config.agent or config.agent_file"
      : undefined,
  run: (context) => (typeof context.field("agent") === "string" ? askAgent(context) : runFile(context)),
};

async function askAgent(context: StepContext): Promise<StepResult> {
  const name = asText(context.field("agent"));
  const agents = context.services.agents ?? {};
  const found = Object.hasOwn(agents, name) ? agents[name] : undefined;
  if (found === undefined) {
    const near = nearest(name, Object.keys(agents));
    const hint = near.length > 0 ? `did you mean ${near.join(" or ")}?` : "the option agents registers them";
    throw new SluiceError("not-found", `there is no agent ${JSON.stringify(name)}; ${hint}`, { field: "config.agent" });
  }
  const { timeout } = context.config;
  const limits = typeof timeout === "number" && timeout > 0 ? { timeouts: { totalMs: timeout * 1_000 } } : {};
  const request = { messages: [{ role: "user" as const, content: questionOf(context.inputs) }] };
  const { answer } = await readWithRequests(context, found, request, { ...callSettings(context), ...limits });
  return { final_output: answer.text, response: answer.text, agent_name: name, success: true, outputs: {} };
}

/** One input is the question; several are listed by their names. */
function questionOf(inputs: JsonObject): string {
  const { message, question, query, prompt, ...rest } = inputs;
  const asked = message ?? question ?? query ?? prompt;
  const others = Object.entries(rest).filter(([name]) => name !== "agent");
  if (asked !== undefined) return asText(asked);
  const [only] = others;
  if (others.length === 1 && only !== undefined) return asText(only[1]);
  return others.map(([name, value]) => `${name}: ${asText(value)}`).join("\n");
}

async function runFile(context: StepContext): Promise<StepResult> {
  const { inputs, config, variables, services } = context;
  const { agent_file: named, inputs: given, ...own } = inputs;
  const file = asText(named ?? config.agent_file);
  const where = typeof variables.agent_folder === "string" ? join(variables.agent_folder, file) : file;
  const document = new TextDecoder().decode(await new RunFolder(services).read(where));
  const inherited = config.inherit_context === false ? {} : variables;
  const all = {
    ...inherited,
    ...own,
    ...(typeof given === "object" && !Array.isArray(given) ? given : {}),
    agent_folder: dirname(where),
  };
  const { results, output, text } = await context.runWorkflow(document, all, "agent");
  const wanted = Array.isArray(config.return_outputs) ? config.return_outputs.map(asText) : undefined;
  const outputs: JsonObject =
    wanted === undefined ? results : Object.fromEntries(wanted.map((name) => [name, outputNamed(results, name)]));
  return { ...(wanted && outputs), final_output: output, response: text, outputs, agent_name: file, success: true };
}

/** A step's outputs, or one output of a step: `step` or `step.field`; else the first output of that name. */
function outputNamed(results: { [step: string]: StepResult }, name: string) {
  const [step = "", field] = name.split(".");
  const made = results[step];
  if (made !== undefined) return field === undefined ? made : (made[field] ?? null);
  return Object.values(results).find((one) => name in one)?.[name] ?? null;
}
