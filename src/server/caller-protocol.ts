import { anthropic } from "../dialects/anthropic/anthropic.js";
import type { Dialect } from "../dialects/dialect.js";
import { gemini } from "../dialects/gemini/gemini.js";
import { openAiChat } from "../dialects/openai-chat/openai-chat.js";
import type { ServerCall } from "./call.js";

/** Whose client asks, where the path does not say. */
export type CallerProtocol = "openai" | "anthropic" | "gemini";

/** The protocol of the client that asks, by the headers that its vendor's clients send. */
export function callerProtocol(call: Pick<ServerCall, "header">): CallerProtocol {
  if (call.header("anthropic-version") !== undefined) return "anthropic";
  const isGoogle = call.header("x-goog-api-client") !== undefined || call.header("x-goog-api-key") !== undefined;
  return isGoogle ? "gemini" : "openai";
}

const ERRORS: Readonly<Record<CallerProtocol, Pick<Dialect, "writeError">>> = {
  openai: openAiChat,
  anthropic,
  gemini,
};

/** How errors are written to the client that asks, where the path does not say. */
export function callerErrors(call: Pick<ServerCall, "header">): Pick<Dialect, "writeError"> {
  return ERRORS[callerProtocol(call)];
}
