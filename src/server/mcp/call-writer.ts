import type { CallToolResult, ContentBlock } from "@modelcontextprotocol/sdk/types.js";
import { encodeBase64 } from "../../base/base64.js";
import type { ChatEvent } from "../../stream/chat-event.js";
import type { Envelope } from "../../stream/envelope.js";
import type { AssistantMessage, InputRequestPart } from "../../stream/message.js";
import { textOf } from "../../stream/message.js";
import { Transcript } from "../../stream/transcript.js";
import { pendingRequests } from "../tasks/pending-requests.js";
import { runOf, type TaskTurn } from "../tasks/task-turns.js";
import { elicitationOf, questionOf } from "./elicitation.js";
import { inputRequestsOf } from "./input-requests.js";
import { type RequestId, RPC_ERROR, rpcError, rpcResult } from "./json-rpc.js";
import { complete, inputRequired } from "./per-request-result.js";

/** A call of a tool, as it stands with its first run. */
export interface McpCall {
  /** The id of the client's request. */
  id: RequestId;
  /** Under which the client wants to hear how it goes on; absent where it does not. */
  progressToken?: RequestId;
  /** Whether the client puts forms before its user. */
  elicits: boolean;
  /** Under which its newest run is found; absent without a session. */
  thread?: string;
  /** Whether its request is whole by itself (MCP 2026-07-28): what is asked is then its result. Default false. */
  isPerRequest?: boolean;
}

/** Why a call ends that its client gave up. */
export const GIVEN_UP = "the client cancelled the call";

/** Whether a turn ended because its client gave the call up, which is then not answered (MCP 2025-11-25, Cancellation). */
export function isGivenUp(entry: Envelope): boolean {
  return "error" in entry && entry.error.code === "cancelled" && entry.error.message === GIVEN_UP;
}

/** A message to the client, and the number of the event that made it. */
export interface NumberedMessage {
  seq: number;
  message: object;
}

/** A call's turns as messages of MCP: its text as progress, a form where it waits for somebody, its result at last. */
export class CallWriter {
  readonly #call: McpCall;
  /** The messages of the turns until now. */
  readonly #messages: AssistantMessage[];
  #emitted = new Transcript(true);
  /** Progress grows with each notification: it counts characters. */
  #progress = 0;
  #state: "running" | "waiting" | "over" = "running";

  /** @param first the turn that is written first, which may go on from others. */
  constructor(call: McpCall, first: TaskTurn) {
    this.#call = call;
    this.#messages = first.messages.filter((message) => message.role === "assistant");
  }

  /** `waiting` for another turn, which begins when the form is answered; `over` after the result, or without one where the call was given up. */
  get state(): "running" | "waiting" | "over" {
    return this.#state;
  }

  /** Takes an entry of a turn's log. @returns the messages that say it, in order. */
  take(turn: TaskTurn, entry: Envelope): NumberedMessage[] {
    this.#state = "running";
    if (isGivenUp(entry)) {
      this.#state = "over";
      return [];
    }
    if ("error" in entry) return [this.#end(entry.seq, failure(entry.error.message))];
    const messages: NumberedMessage[] = [];
    let text = "";
    let seq = entry.seq;
    const flush = () => {
      if (text !== "" && this.#call.progressToken !== undefined)
        messages.push({ seq: seq - 1, message: this.#progressMessage(text) });
      text = "";
    };
    for (const event of entry.events) {
      this.#emitted.push(event);
      if (event.type === "text-delta") text += event.text;
      else flush();
      if (event.type === "finish") messages.push(this.#finish(turn, seq, event));
      seq++;
    }
    flush();
    return messages;
  }

  #progressMessage(message: string): object {
    this.#progress += message.length;
    const { progressToken } = this.#call;
    const params = { progressToken, progress: this.#progress, message };
    return { jsonrpc: "2.0", method: "notifications/progress", params };
  }

  #finish(turn: TaskTurn, seq: number, { reason }: ChatEvent & { type: "finish" }): NumberedMessage {
    const emitted = this.#emitted;
    this.#emitted = new Transcript(true);
    this.#messages.push(emitted.message);
    if (reason !== "input-required") return this.#end(seq, { content: contentOf(this.#messages) });
    const requests = pendingRequests([...turn.messages, ...emitted.messages]);
    if (this.#call.isPerRequest) return this.#ask(turn, seq, requests);
    const form = this.#call.elicits ? elicitationOf(requests) : undefined;
    if (form === undefined) return this.#end(seq, failure(cannotAsk(requests)));
    this.#state = "waiting";
    // The answer, which comes to any replica, says by its id which turn it is about.
    const id = runOf(turn.taskId, turn.turn);
    return { seq, message: { jsonrpc: "2.0", id, method: "elicitation/create", params: form } };
  }

  /** The result says what is asked: the client calls again with the answers. */
  #ask(turn: TaskTurn, seq: number, requests: readonly InputRequestPart[]): NumberedMessage {
    const { id, elicits } = this.#call;
    const asked = inputRequestsOf(requests);
    if (asked === undefined) return this.#end(seq, failure(cannotAsk(requests)));
    this.#state = "over";
    if (elicits) return { seq, message: rpcResult(id, inputRequired(asked, turn)) };
    const data = { requiredCapabilities: { elicitation: { form: {} } } };
    return { seq, message: rpcError(id, RPC_ERROR.missingCapability, cannotAsk(requests), data) };
  }

  #end(seq: number, result: CallToolResult): NumberedMessage {
    this.#state = "over";
    const { id, isPerRequest = false } = this.#call;
    return { seq, message: rpcResult(id, isPerRequest ? complete(result) : result) };
  }
}

function cannotAsk(requests: readonly InputRequestPart[]): string {
  return `input is required, which cannot be given here: ${requests.map(questionOf).join("; ")}`;
}

/** A result that is a failure: for the model that called. */
export function failure(text: string): CallToolResult {
  return { content: [{ type: "text", text }], isError: true };
}

function contentOf(messages: readonly AssistantMessage[]): ContentBlock[] {
  const text = messages.map(textOf).join("");
  const parts = messages.flatMap(({ content }) => (typeof content === "string" ? [] : content));
  const files = parts.flatMap((part): ContentBlock[] => {
    if (part.type !== "file" || !(part.data instanceof Uint8Array)) return [];
    const { mediaType: mimeType } = part;
    const data = encodeBase64(part.data);
    if (mimeType.startsWith("image/")) return [{ type: "image", data, mimeType }];
    return mimeType.startsWith("audio/") ? [{ type: "audio", data, mimeType }] : [];
  });
  return [{ type: "text", text }, ...files];
}
