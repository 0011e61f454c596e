import { isJsonObject, type JsonObject, type JsonValue, parseJson } from "../base/json.js";
import type { CallContext } from "../stream/call-context.js";
import type { ChatStream } from "../stream/chat-stream.js";
import { SluiceError } from "../stream/error.js";
import type { Agent } from "./agent.js";
import { propertiesOf, textInput } from "./signature/signature.js";

/** What an agent needs of the workflow that it is a step of. */
export interface AgentNodeContext {
  /** The step's inputs, filled in. */
  readonly inputs: JsonObject;
  /** Aborted with the run, and at the step's time limit. */
  readonly signal: AbortSignal;
  /** The context of the run. */
  readonly callContext: CallContext | undefined;
  /** Reads a stream to its end; its events reach the run's reader nested under the step. */
  read(stream: ChatStream): Promise<unknown>;
}

/** An agent as a step type of workflows (`sluice/workflows`, option `stepTypes`). */
export interface AgentNode {
  /** The name of the step type. */
  readonly type: string;
  /** What it does, in a sentence. */
  readonly about: string;
  /** What it takes, by name: the fields of the agent's signature. */
  readonly inputs: Readonly<Record<string, { readonly schema: JsonObject; readonly required?: true }>>;
  /** What it makes, by name, with a sentence for each. */
  readonly results: Readonly<Record<string, string>>;
  /** The result that is meant where none is named. */
  readonly main: string;
  /** Its text may be the run's answer. */
  readonly answers: true;
  /** Runs the agent once. @throws {SluiceError} what the run fails with. */
  run(context: AgentNodeContext): Promise<{ [name: string]: JsonValue }>;
}

/** Makes a step type of an agent. Two uses of one agent share nothing of a run. */
export function agentNode(agent: Agent<JsonObject, JsonObject>, type: string): AgentNode {
  const { inputs, outputs } = agent.signature;
  const properties = propertiesOf(outputs.json);
  const results = Object.fromEntries(
    Object.entries(properties).map(([name, schema]) => [name, describe(schema, name)]),
  );
  const [main = "response"] = Object.keys(properties);
  return {
    type,
    about: agent.description ?? `Asks the agent ${agent.name}.`,
    inputs: inputFields(inputs.json),
    results,
    main: agent.signature.textOutput ?? main,
    answers: true,
    async run(context) {
      const { inputs, signal, callContext } = context;
      const run = agent.stream(meant(inputs, agent), { signal, ...(callContext && { context: callContext }) });
      await context.read(run.stream);
      // A schema may make of its outputs what JSON is not, such as dates.
      const outputs = parseJson(JSON.stringify(await run.outputs));
      if (isJsonObject(outputs)) return outputs;
      throw new SluiceError("invalid-output", `the outputs of ${agent.name} are no object`);
    },
  };
}

/** A single input of any name stands for the signature's one text, as it does for other steps. */
function meant(given: JsonObject, { signature }: Agent<JsonObject, JsonObject>): JsonObject {
  const name = textInput(signature);
  const [only, ...more] = Object.entries(given);
  if (name === undefined || only === undefined || more.length > 0) return given;
  return Object.hasOwn(propertiesOf(signature.inputs.json), only[0]) ? given : { [name]: only[1] };
}

function inputFields(json: JsonObject): AgentNode["inputs"] {
  const required: readonly JsonValue[] = Array.isArray(json.required) ? json.required : [];
  return Object.fromEntries(
    Object.entries(propertiesOf(json)).map(([name, schema]) => [
      name,
      { schema: isJsonObject(schema) ? schema : {}, ...(required.includes(name) && { required: true as const }) },
    ]),
  );
}

function describe(schema: JsonValue | undefined, name: string): string {
  const description = isJsonObject(schema) ? schema.description : undefined;
  return typeof description === "string" ? description : `The agent's ${name}.`;
}
