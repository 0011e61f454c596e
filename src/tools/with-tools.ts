import { type Clock, systemClock } from "../base/clock.js";
import type { ChatModel } from "../stream/chat-model.js";
import type { ChatRequest } from "../stream/chat-request.js";
import { ChatStream } from "../stream/chat-stream.js";
import { checkedModel } from "../stream/checked-model.js";
import {
  boolean,
  callable,
  clock as checkClock,
  exactly,
  filledString,
  having,
  limit,
  milliseconds,
} from "../stream/checks.js";
import { invalid, SluiceError } from "../stream/error.js";
import type { ChatMessage } from "../stream/message.js";
import { validateRequest } from "../stream/validate-request.js";
import type { ToolObserver } from "../telemetry/tool-spans.js";
import type { InputHandler } from "./input-response.js";
import type { StopCondition } from "./loop-settings.js";
import type { RepairArguments } from "./read-arguments.js";
import type { Tool } from "./tool.js";
import { ToolLoop } from "./tool-loop.js";
import { checkTools, isToolSource, Toolbox, type ToolSource } from "./toolbox.js";

/** Settings of `withTools`. */
export interface WithToolsOptions {
  /** The id of the model that comes out. Default: that of the model that went in. */
  id?: string;
  /** Most model calls in one stream; one that would need more ends with reason `budget`, after its tools' results. Default 20. */
  maxSteps?: number;
  /**
   * Input and output tokens of all model calls of a stream: when they are spent, no other call is made, and the stream
   * ends with reason `budget`. Counts what the model reports. Default `Infinity`.
   */
  maxTotalTokens?: number;
  /**
   * Most tool calls that one stream runs. A call beyond it is not run, and the stream ends with reason `budget`. Calls of
   * inner streams count in their own. Default `Infinity`.
   */
  maxCalls?: number;
  /**
   * Most characters of one result, as JSON. One that is longer is cut, and says what is missing: a model that is sent more than
   * it can take refuses all of it. `Infinity` cuts nothing. Default 200,000, about 50,000 tokens.
   */
  maxResultChars?: number;
  /** Most tools that run at once in one stream. Default 16. */
  concurrency?: number;
  /** The most ms that one run may take, for tools without a `timeoutMs` of their own. Default `Infinity`. */
  timeoutMs?: number;
  /**
   * Answers requests for input while the stream waits: approvals, questions of tools, and those of nested streams. It is then
   * the only one who does: responses that come with the messages are not looked at. Without it the stream ends with
   * `input-required`, and goes on with the messages and a `responseMessage`.
   */
  onInput?: InputHandler;
  /**
   * Repairs arguments that are not JSON, or do not fit the tool's schema: by a lenient parser, or by asking a model. What it
   * returns has to fit the schema as well; with `undefined` the model gets the error, as without this option.
   */
  repairArguments?: RepairArguments;
  /** Watches the runs of tools: `toolSpans()` of `sluice/telemetry` makes a span of each. */
  observe?: ToolObserver;
  /** Ends the stream with error code `tool-failed` when a tool fails, in place of telling the model. Default false. */
  throwOnError?: boolean;
  /** Ends the stream with reason `stop` after the tools of a model call: when the answer is a tool's result, for one. */
  stopWhen?: StopCondition;
  /**
   * Called before each model call: messages to put behind those that it is sent, so that somebody can speak into a running
   * turn. They count for this stream; whoever keeps a history adds them there.
   */
  steering?: () => readonly ChatMessage[];
  /** For the limits of tools. Default: the machine's. */
  clock?: Clock;
}

const checkOptions = exactly("withTools", {
  id: filledString,
  maxSteps: limit,
  maxTotalTokens: (value, path) => {
    if (typeof value !== "number" || !(value > 0)) throw invalid(path, value, "a number above 0, or Infinity");
  },
  maxCalls: limit,
  maxResultChars: limit,
  concurrency: limit,
  timeoutMs: milliseconds,
  onInput: callable,
  repairArguments: callable,
  observe: having("what watches tools, as toolSpans() makes it", "begin"),
  throwOnError: boolean,
  stopWhen: callable,
  steering: callable,
  clock: checkClock,
});

/**
 * A model that runs the tools it calls, and answers with what they returned. One stream holds everything: text, tool input,
 * calls, progress, results and the next answer; each model call is framed by `step-start` and `step-finish`.
 *
 * A call runs as soon as its arguments are complete, while the model is still speaking; several run at once. Results are
 * events as they come, and go to the model in the order of the calls. Arguments that do not fit the tool's schema, unknown tools
 * and errors of tools reach the model as results.
 *
 * The stream ends with `tool-calls` where the caller has to run a call: a tool of the request or without `run`. It ends with
 * `input-required` where a call waits for approval and there is no `onInput`. It goes on with the same messages, the
 * answer's, and a tool message with results and responses. Calls that are open at the end of a request are run first, so whoever may send messages may have
 * any tool run that needs no approval.
 *
 * A `toolChoice` that forces a call holds for the first model call only.
 *
 * A tool that returns a `ChatStream` (an agent as a tool, see `asTool`) is nested: its events are in the stream as `nested`
 * events, its text is the result, its usage is in the total.
 *
 * @throws {SluiceError} `invalid-argument` for what is not a tool, unknown options, invalid limits, or two
 *   tools of one name. `stream` throws `unsupported` for a model that does not call tools.
 * @example
 * ```ts
 * import { model, stream, tool, withTools } from "sluice";
 *
 * const now = tool({ name: "now", input: { type: "object", properties: {} }, run: () => new Date().toISOString() });
 * for await (const text of stream(withTools(model("openai/gpt-5-mini"), [now]), "What time is it?").text) console.log(text);
 * ```
 */
export function withTools(
  model: ChatModel,
  tools: readonly (Tool | ToolSource)[],
  options: WithToolsOptions = {},
): ChatModel {
  checkedModel(model);
  checkTools(tools, "tools");
  checkOptions(options, "");
  const { id = model.id, maxSteps = 20, maxTotalTokens = Number.POSITIVE_INFINITY, concurrency = 16 } = options;
  const { timeoutMs = Number.POSITIVE_INFINITY, maxCalls = Number.POSITIVE_INFINITY, onInput } = options;
  const { repairArguments, observe, stopWhen, steering } = options;
  const { throwOnError = false, clock = systemClock, maxResultChars = 200_000 } = options;
  const known = new Toolbox(tools.filter((one): one is Tool => !isToolSource(one)));
  const limits = { maxSteps, maxTotalTokens, maxCalls, maxResultChars, concurrency, timeoutMs };
  const sourced = tools.some(isToolSource);
  const gather = () => (sourced ? Toolbox.gather(tools) : known);
  const settings = {
    tools: gather,
    ...limits,
    onInput,
    repairArguments,
    observe,
    throwOnError,
    stopWhen,
    steering,
    clock,
  };
  const { capabilities, list } = model;
  return {
    id,
    ...(capabilities && { capabilities }),
    ...(list && { list: (call) => list.call(model, call) }),
    wrapCalls: (wrap) => withTools(model.wrapCalls?.(wrap) ?? wrap(model), tools, { ...options, id }),
    stream(request, call = {}) {
      if (tools.length > 0 && capabilities?.tools === false) {
        throw new SluiceError("unsupported", `${model.id} does not call tools`, { model: model.id });
      }
      check(request, known, sourced);
      return new ChatStream(new ToolLoop(model, request, call, settings), { signal: call.signal, retain: call.retain });
    },
  };
}

/** Refuses what the model would refuse, before anything happens. */
function check(request: ChatRequest, known: Toolbox, more: boolean): void {
  const { toolChoice, ...rest } = request;
  const tools = [...(request.tools ?? []), ...known.definitions];
  // The choice may be a tool of a source, whose tools are not known yet.
  validateRequest({ ...rest, tools, ...(toolChoice !== undefined && !more && { toolChoice }) });
}
