import type { FinishReason } from "../../../src/stream/chat-event.js";

/** What a recording holds; nothing of a kind where it is absent. */
export interface ExpectedResponse {
  reason: FinishReason;
  /** Of the answer's text. */
  characters: number;
  /** Input, output and reasoning tokens, and those read from a cache. */
  usage: [input: number, output: number, reasoning?: number, cached?: number];
  toolCalls?: number;
  /** Of tools that the provider ran. */
  toolResults?: number;
  reasoning?: number;
  sources?: number;
  files?: number;
  /** Items that have to come back and are nothing else. */
  opaque?: number;
  /** It is of several calls, one after the other. */
  steps?: number;
}
