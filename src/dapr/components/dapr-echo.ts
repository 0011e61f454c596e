import { type Clock, systemClock, wait } from "../../base/clock.js";
import { isJsonObject } from "../../base/json.js";
import { uuid } from "../../base/uuid.js";
import type { ChatEvent } from "../../stream/chat-event.js";
import type { ChatModel } from "../../stream/chat-model.js";
import { type ChatRequest, isProviderTool, type ToolDefinition } from "../../stream/chat-request.js";
import { ChatStream } from "../../stream/chat-stream.js";
import { clock as clockCheck, exactly, string, waitMs } from "../../stream/checks.js";
import { SluiceError } from "../../stream/error.js";
import type { ChatMessage } from "../../stream/message.js";
import { argumentsText, carriedWords, carryWords } from "../converse/carried.js";
import { byBytes } from "../resources/by-bytes.js";

/** Settings of `daprEcho`. */
export interface DaprEchoOptions {
  /** Default `echo`. */
  id?: string;
  /** Between two words of a streamed answer, in ms. Default 5. */
  pauseMs?: number;
  /** Default: the machine's. */
  clock?: Clock;
}

const OPTIONS = exactly("daprEcho", { id: string, pauseMs: waitMs, clock: clockCheck });

/**
 * The component `conversation.echo`: it repeats all texts of the request, joined with line ends, and "calls" each tool
 * that the request defines with the names of its parameters as arguments, which are no JSON. Its whole answers are daprd's
 * to the byte; streamed, they come word by word.
 *
 * Any messages that Dapr's API can say are welcome: results of tools that nobody called, none at all.
 *
 * @throws {SluiceError} `invalid-argument` when `pauseMs` is not a number of at least 0, or for an unknown option.
 */
export function daprEcho(options: DaprEchoOptions = {}): ChatModel {
  OPTIONS(options, "");
  const { id = "echo", pauseMs = 5, clock = systemClock } = options;
  return {
    id,
    capabilities: { streaming: true, tools: true },
    stream(request, { signal, retain, streaming = true } = {}) {
      const left = new AbortController();
      const pause = streaming && pauseMs > 0 ? () => wait(pauseMs, clock, left.signal) : undefined;
      return ChatStream.from(leavable(answer(id, request, streaming, pause), left), { signal, retain });
    },
  };
}

/** Tells the generator when its reader leaves, since it may be in the middle of a pause. */
function leavable(events: AsyncGenerator<ChatEvent, undefined>, left: AbortController): AsyncIterable<ChatEvent> {
  return {
    [Symbol.asyncIterator]: () => ({
      next: () => events.next(),
      return: () => {
        left.abort(new Error("the reader left"));
        return events.return(undefined);
      },
    }),
  };
}

/** What Go calls white space (https://pkg.go.dev/unicode#IsSpace), which is not quite what JavaScript does. */
const SPACE = "\\t-\\r \\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000";
const WORD = new RegExp(`[^${SPACE}]+`, "g");
const PIECE = new RegExp(`[${SPACE}]*[^${SPACE}]+|[${SPACE}]+$`, "g");

async function* answer(
  id: string,
  request: ChatRequest,
  streaming: boolean,
  pause: (() => Promise<void>) | undefined,
): AsyncGenerator<ChatEvent, undefined> {
  const text = request.messages.flatMap(textsOf).join("\n");
  const calls = [...(request.tools ?? []).flatMap(callOf), ...request.messages.flatMap(callsOf)];
  const words = text.match(WORD)?.length ?? 0;
  yield { type: "start", id: uuid(), model: id, ...(!streaming && { simulated: true }) };
  yield { type: "usage", usage: { inputTokens: words } };
  if (!streaming && text !== "") yield { type: "text-delta", text };
  if (streaming) {
    let first = true;
    // Each word goes with the white space before it.
    for (const [piece] of text.matchAll(PIECE)) {
      if (!first) await pause?.();
      first = false;
      yield { type: "text-delta", text: piece };
    }
  }
  for (const call of calls) yield call;
  const usage = { inputTokens: words, outputTokens: words };
  yield { type: "usage", usage };
  yield { type: "finish", reason: calls.length > 0 ? "tool-calls" : "stop", usage };
}

/** The texts of a message as echo says them. */
function textsOf({ content }: ChatMessage): string[] {
  if (typeof content === "string") return [content];
  return content.flatMap((part) => {
    if (part.type === "text") return [part.text];
    // daprd has no files.
    if (part.type === "file") return [`(a file: ${part.mediaType})`];
    if (part.type !== "tool-result") return [];
    const { id = part.callId, name = part.name } = carriedWords(part.opaque) ?? {};
    const output = typeof part.output === "string" ? part.output : JSON.stringify(part.output);
    return [`Tool Response for tool ID '${id}' with name '${name}': ${output}`];
  });
}

/** The call that echo makes of a tool: its id is its place among the tools. */
function callOf(tool: NonNullable<ChatRequest["tools"]>[number], index: number): ChatEvent[] {
  if (isProviderTool(tool)) throw new SluiceError("unsupported", "echo has no tools of its own", { field: "tools" });
  const written = parameterNames(tool).join(",");
  const opaque = carryWords({ id: String(index), name: tool.name, arguments: written });
  return [{ type: "tool-call", callId: String(index), name: tool.name, input: written, invalid: true, opaque }];
}

function parameterNames({ inputSchema }: ToolDefinition): string[] {
  const { properties } = inputSchema;
  if (properties === undefined) return [];
  if (isJsonObject(properties)) return Object.keys(properties).sort(byBytes);
  const found = properties === null ? "<nil>" : Array.isArray(properties) ? "[]interface {}" : typeof properties;
  throw new SluiceError("provider-error", `tool function properties must be a map[string]any, got ${goType(found)}`);
}

/** Go's names for the types of JSON values. */
function goType(type: string): string {
  return { number: "float64", boolean: "bool" }[type] ?? type;
}

/** The calls of an assistant's message, repeated unchanged. */
function callsOf({ role, content }: ChatMessage): ChatEvent[] {
  if (role !== "assistant" || typeof content === "string") return [];
  return content.flatMap((part): ChatEvent[] => {
    if (part.type !== "tool-call") return [];
    const { callId, name, input, invalid: isInvalid } = part;
    const carried = carriedWords(part.opaque) ?? { id: callId, name };
    const opaque = carryWords({ ...carried, arguments: argumentsText(input, carried.arguments) });
    return [{ type: "tool-call", callId, name, input, ...(isInvalid && { invalid: true }), opaque }];
  });
}
