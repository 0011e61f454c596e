import { isJsonObject, type JsonObject, type JsonValue, parseJson } from "../base/json.js";
import type { CallOptions, ChatModel } from "../stream/chat-model.js";
import type { ChatRequest } from "../stream/chat-request.js";
import { ChatStream } from "../stream/chat-stream.js";
import { exactly, filledString } from "../stream/checks.js";
import { invalid, SluiceError } from "../stream/error.js";
import { type InputResponsePart, textOf } from "../stream/message.js";
import { opened } from "../stream/sources/opened.js";
import { validateRequest } from "../stream/validate-request.js";
import { checkEngine } from "./engines/check-engine.js";
import type { OpenQuestion, WorkflowEngine } from "./engines/engine.js";
import { MemoryEngine } from "./engines/memory-engine.js";
import { fittingAnswer } from "./resume-run.js";
import { resumedRun } from "./run/start-run.js";
import { loadWorkflow, type Workflow } from "./workflow.js";

/** Settings of `asModel`. */
export interface WorkflowModelOptions {
  /** Default: `workflow/` and the workflow's name. */
  id?: string;
  /** Keeps the runs, so that one that waits for an answer goes on with it. Default: this process's memory. */
  engine?: WorkflowEngine;
}

/** A workflow as a chat model, with what a model that calls it as a tool must know. */
export interface WorkflowModel extends ChatModel {
  /** What it does, as its document says. */
  readonly description?: string;
  /** The JSON Schema of its inputs. */
  readonly inputSchema: JsonObject;
}

const checkOptions = exactly("options of asModel", {
  id: filledString,
  engine: checkEngine,
});

/**
 * A workflow as a chat model. What the user says last is the run's input: the text, where the workflow has one input; a
 * JSON object of inputs, where it has several. A run that asks somebody ends with `input-required`, and goes on with an
 * `input-response`.
 */
export function workflowModel(workflow: Workflow, options: WorkflowModelOptions): WorkflowModel {
  checkOptions(options, "options");
  const { id = `workflow/${workflow.name}`, engine = new MemoryEngine() } = options;
  const { description } = workflow;
  return {
    id,
    capabilities: { streaming: true },
    inputSchema: workflow.inputSchema,
    ...(description !== undefined && { description }),
    stream(request, call = {}) {
      validateRequest(request, { id });
      const answers = answersIn(request);
      if (answers.length > 0) return answered(workflow, engine, answers, call);
      const inputs = inputsOf(workflow, request);
      const { signal, context, retain } = call;
      const run = workflow.run({
        inputs,
        engine,
        ...(signal && { signal }),
        ...(context && { context }),
        ...(retain !== undefined && { retain }),
      });
      return run.stream;
    },
  };
}

/** What was answered last: the responses of the last message, if it has any. */
function answersIn({ messages }: ChatRequest): InputResponsePart[] {
  const last = messages.at(-1);
  if (last?.role !== "tool") return [];
  return last.content.flatMap((part) => (part.type === "input-response" ? [part] : []));
}

/** Keeps the answers and goes on with their run. Nothing happens before the stream is read. */
function answered(
  workflow: Workflow,
  engine: WorkflowEngine,
  answers: readonly InputResponsePart[],
  { signal, context, retain }: CallOptions,
): ChatStream {
  const runId = runOf(answers[0]?.id ?? "");
  if (answers.some(({ id }) => runOf(id) !== runId)) {
    throw new SluiceError("invalid-argument", "the answers are of several runs", { field: "messages" });
  }
  const open = async () => {
    const run = await engine.show(runId);
    for (const { id, response } of answers) {
      const question = run.questions.find((one) => one.id === id);
      // An answer that was taken before is not taken again; the run goes on with it.
      if (question === undefined) continue;
      await engine.answer(runId, id, fittingAnswer(question, answerOf(response, question)));
    }
    const options = { ...(signal && { signal }), ...(context && { context }) };
    return resumedRun(workflow, run, engine, options, (document) =>
      loadWorkflow(document, workflow.services),
    ).stream.source();
  };
  return new ChatStream(opened(open), { signal, retain });
}

/** The id of the run that a question belongs to. */
function runOf(questionId: string): string {
  return questionId.slice(0, Math.max(0, questionId.indexOf(":")));
}

function answerOf(response: InputResponsePart["response"], { schema }: OpenQuestion): JsonValue {
  switch (response.type) {
    case "answer":
      return response.value;
    case "approve":
      return "approve";
    case "edit":
      return response.input;
    case "deny":
    case "decline": {
      const decides = isJsonObject(schema.properties) && "decision" in schema.properties;
      const { reason } = response;
      return decides ? { decision: "reject", ...(reason !== undefined && { feedback: reason }) } : (reason ?? "");
    }
    default:
      return response satisfies never;
  }
}

function inputsOf(workflow: Workflow, { messages }: ChatRequest): JsonObject {
  const asked = messages.findLast(({ role }) => role === "user");
  const text = asked === undefined ? "" : textOf(asked);
  const open = workflow.inputs.filter(({ fallback, replaceable }) => fallback === undefined && !replaceable);
  const required = open.filter((input) => input.required);
  const given = objectIn(text);
  if (given !== undefined && Object.keys(given).some((name) => workflow.inputs.some((input) => input.name === name))) {
    return given;
  }
  const [only, ...more] = required.length > 0 ? required : open;
  if (only === undefined) return {};
  if (more.length === 0 || required.length === 0) return { [only.name]: text };
  const names = required.map(({ name }) => name).join(", ");
  throw invalid("messages", text, `a JSON object with the workflow's inputs: ${names}`);
}

function objectIn(text: string): JsonObject | undefined {
  if (!text.trimStart().startsWith("{")) return undefined;
  try {
    const value = parseJson(text);
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
