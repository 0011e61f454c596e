import type { JsonValue } from "../base/json.js";
import type { ApprovalRequestEvent, QuestionRequestEvent, Source } from "./chat-event.js";
import type { DataName } from "./data-name.js";
import type { Opaque } from "./opaque.js";

/** Whether a part may be kept in the provider's prompt cache, and for how long. Ignored where there is no such choice. */
export type CacheHint = "5m" | "1h";

/** Text of a message. */
export interface TextPart {
  type: "text";
  /** What it says. */
  text: string;
  /** Set when this text is the model declining to answer. */
  refusal?: true;
  /** State that belongs to this text (Gemini signs text as well as reasoning). */
  opaque?: Opaque;
  /** Everything up to and including this part may be cached by the provider. */
  cache?: CacheHint;
}

/** An image, a sound or a document. */
export interface FilePart {
  type: "file";
  /** IANA media type, for example `image/png` or `application/pdf`. A URL may leave the subtype open (`image/*`). */
  mediaType: string;
  /** The bytes, a URL that the provider fetches, or the id of a file that the provider already has. */
  data: Uint8Array | { url: string } | { id: string };
  /** What it is called, for providers that show it to the model. */
  filename?: string;
  /** How closely the model should look at an image, where it has the choice. */
  detail?: "auto" | "low" | "high";
  /** State of the provider that must come back with it. */
  opaque?: Opaque;
  /** Whether the provider may cache everything up to this part. */
  cache?: CacheHint;
}

/** What the model thought before or between its words. */
export interface ReasoningPart {
  type: "reasoning";
  /** What is shown of it; `""` where the provider keeps it to itself. */
  text: string;
  /** The provider's signature or encrypted form, without which some refuse the part. */
  opaque?: Opaque;
}

/** A tool call of the model. */
export interface ToolCallPart {
  type: "tool-call";
  /** What its result refers to. */
  callId: string;
  /** The tool's name. */
  name: string;
  /** The parsed arguments. */
  input: JsonValue;
  /** Set when the arguments were not valid JSON; `input` is then their text. */
  invalid?: true;
  /** Set when the provider ran the tool itself: it is not to be run here. */
  providerExecuted?: true;
  /** State of the provider that must come back with it. */
  opaque?: Opaque;
  /** Whether the provider may cache everything up to this part. */
  cache?: CacheHint;
}

/**
 * What a tool returned. In an assistant message: of a tool that the provider ran, or, in the one message of a whole tool
 * loop, of a tool that ran here.
 */
export interface ToolResultPart {
  type: "tool-result";
  /** That of the call it answers. */
  callId: string;
  /** The tool's name. */
  name: string;
  /** What the tool returned, or what is wrong. */
  output: JsonValue;
  /** Set when the tool failed: `output` then says why, for the model. */
  isError?: true;
  /** Set when the provider ran the tool itself. */
  providerExecuted?: true;
  /** State of the provider that must come back with it. */
  opaque?: Opaque;
  /** Whether the provider may cache everything up to this part. */
  cache?: CacheHint;
}

/** A source that the model cited. */
export interface SourcePart {
  type: "source";
  /** What is cited. */
  source: Source;
}

/** Provider content that no other part carries and that must come back (a compaction block, an MCP tool list). */
export interface OpaquePart {
  type: "opaque";
  /** The `name` of the `data` event that brought it. */
  name: DataName;
  /** What goes back, to the dialect that made it. */
  opaque: Opaque;
}

/** Somebody was asked. It stays in the history, so that whoever loads it knows what waits; no provider is sent it. */
export type InputRequestPart = ApprovalRequestEvent | QuestionRequestEvent;

/** What was answered to an `input-request`. Made by `approve`, `deny`, `edit`, `answer` and `decline`. */
export type InputResponse =
  /** The tool call may run as the model made it. */
  | { type: "approve" }
  /** The tool call does not run; the model is given the reason. */
  | { type: "deny"; reason?: string }
  /** The tool call runs with other arguments. */
  | { type: "edit"; input: JsonValue }
  /** The answer to a question; fits its schema. */
  | { type: "answer"; value: JsonValue }
  /** Nobody answers the question. */
  | { type: "decline"; reason?: string };

/** Answers one `input-request`, once. */
export interface InputResponsePart {
  type: "input-response";
  /** That of the request. */
  id: string;
  /** What was answered. */
  response: InputResponse;
}

/** What an assistant message is made of. */
export type AssistantPart =
  | TextPart
  | ReasoningPart
  | ToolCallPart
  | ToolResultPart
  | SourcePart
  | FilePart
  | InputRequestPart
  | OpaquePart;

/** Instructions to the model. */
export interface SystemMessage {
  role: "system";
  /** A string stands for one part of text. */
  content: string | TextPart[];
}

/** What the user says. */
export interface UserMessage {
  role: "user";
  /** A string stands for one part of text. */
  content: string | (TextPart | FilePart)[];
  /** Tells several users apart, where the provider can. */
  name?: string;
}

/** The model's answer. */
export interface AssistantMessage {
  role: "assistant";
  /** A string stands for one part of text. */
  content: string | AssistantPart[];
}

/** What the tools that the model called returned, and what people answered to requests for input. */
export interface ToolMessage {
  role: "tool";
  /** One part for each result or response. */
  content: (ToolResultPart | InputResponsePart)[];
}

/** One message of a conversation. */
export type ChatMessage = SystemMessage | UserMessage | AssistantMessage | ToolMessage;

/** The results of a tool message, without what people answered: no provider is sent that. */
export function resultsOf(message: ToolMessage): ToolResultPart[] {
  return message.content.filter((part) => part.type === "tool-result");
}

/** Whether a message holds nothing but requests for input: it belongs to the answer before it, which was resumed. */
export function isRequestsOnly(message: ChatMessage): boolean {
  if (message.role !== "assistant" || typeof message.content === "string") return false;
  return message.content.length > 0 && message.content.every(isRequest);
}

/** Whether a part is about somebody's answer: a request for input, or a call that waits inside. No provider is sent these. */
export function isRequest(part: AssistantPart): boolean {
  return part.type === "input-request" || (part.type === "opaque" && part.name === "tool/suspended");
}

/** All text of a message, joined; reasoning, calls, results and files left out. */
export function textOf(message: ChatMessage): string {
  if (typeof message.content === "string") return message.content;
  let text = "";
  for (const part of message.content) if (part.type === "text") text += part.text;
  return text;
}
