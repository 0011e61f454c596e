import { type Clock, systemClock, wait } from "../base/clock.js";
import { estimateTokens, splitTokens } from "../base/token-estimate.js";
import { parseToolInput } from "../dialects/tool-input.js";
import type { ChatEvent } from "../stream/chat-event.js";
import type { ChatModel } from "../stream/chat-model.js";
import { type ChatRequest, isProviderTool, type ToolDefinition } from "../stream/chat-request.js";
import { clock as clockCheck, exactly, filledString, positive } from "../stream/checks.js";
import { type ChatMessage, resultsOf, type ToolResultPart, textOf } from "../stream/message.js";
import { defineModel } from "./define-model.js";

/** Settings of `echo`. */
export interface EchoOptions {
  /** Default 40. `Infinity` for no pauses. */
  tokensPerSecond?: number;
  /** Default `echo`. */
  id?: string;
  /** Default: the machine's. */
  clock?: Clock;
}

/** Asks echo to call a tool: `/call weather {"city": "Oslo"}`. */
const CALL = /^\/call\s+([A-Za-z0-9_-]+)\s*([\s\S]*)$/;

const OPTIONS = exactly("echo", { tokensPerSecond: positive, id: filledString, clock: clockCheck });

/**
 * A model without a model: it repeats the user's message, token by token at a steady pace, and counts tokens by the
 * estimate of `estimateTokens`. The same request always has the same answer, so it serves for trying things out, for tests
 * and for demonstrations.
 *
 * Where the request has tools, a message `/call NAME JSON` makes it call that tool; it then says what the tool returned.
 *
 * @throws {SluiceError} `invalid-argument` when `tokensPerSecond` is not above 0.
 * @example
 * ```ts
 * import { echo, generate } from "sluice";
 *
 * const { text } = await generate(echo(), "Hello"); // no key, no network
 * ```
 */
export function echo(options: EchoOptions = {}): ChatModel {
  OPTIONS(options, "");
  const { tokensPerSecond = 40, id = "echo", clock = systemClock } = options;
  const pauseMs = 1_000 / tokensPerSecond;
  return defineModel({
    id,
    capabilities: { streaming: true, tools: true, input: ["image", "audio", "video", "document"] },
    async *stream(request, { signal }) {
      const usage = { inputTokens: countInput(request.messages), outputTokens: 0 };
      yield { type: "usage", usage: { inputTokens: usage.inputTokens } };
      for (const event of answer(request)) {
        if (pauseMs > 0) await wait(pauseMs, clock, signal);
        if (event.type === "text-delta" || event.type === "tool-input-delta") usage.outputTokens++;
        yield event;
      }
      yield { type: "usage", usage };
    },
  });
}

function answer(request: ChatRequest): ChatEvent[] {
  const last = request.messages.at(-1);
  if (last?.role === "tool") return say(resultsOf(last).map(describeResult).join("\n"));
  const asked = request.messages.findLast((message) => message.role === "user");
  const text = asked === undefined ? "" : textOf(asked);
  return callOf(text, request) ?? say(text === "" ? describeFiles(asked) : text);
}

function say(text: string): ChatEvent[] {
  return splitTokens(text).map((token) => ({ type: "text-delta", text: token }));
}

/** The tool call that a message asks for, if it does and there is such a tool. */
function callOf(text: string, { tools, toolChoice, messages }: ChatRequest): ChatEvent[] | undefined {
  const [, name, json = ""] = CALL.exec(text) ?? [];
  const known = tools?.find((tool): tool is ToolDefinition => !isProviderTool(tool) && tool.name === name);
  if (known === undefined || toolChoice === "none") return undefined;
  const callId = `call_${messages.length}`;
  const input = json.trim() || "{}";
  const deltas = splitTokens(input).map(
    (delta): ChatEvent => ({ type: "tool-input-delta", callId, name: known.name, delta }),
  );
  return [...deltas, { type: "tool-call", callId, name: known.name, ...parseToolInput(input) }];
}

function describeResult({ name, output, isError }: ToolResultPart): string {
  const shown = typeof output === "string" ? output : JSON.stringify(output);
  return `${name} ${isError ? "failed" : "returned"}: ${shown}`;
}

function describeFiles(message: ChatMessage | undefined): string {
  if (message === undefined || typeof message.content === "string") return "(an empty message)";
  const types = message.content.flatMap((part) => (part.type === "file" ? [part.mediaType] : []));
  return types.length === 0 ? "(an empty message)" : `(a file: ${types.join(", ")})`;
}

function countInput(messages: readonly ChatMessage[]): number {
  return messages.reduce((sum, message) => sum + estimateTokens(textOf(message)), 0);
}
