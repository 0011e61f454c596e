import { anthropicCalling } from "../dialects/anthropic/anthropic-calling.js";
import { geminiCalling } from "../dialects/gemini/gemini-calling.js";
import { ollamaCalling } from "../dialects/ollama/ollama-calling.js";
import { openAiChatCalling } from "../dialects/openai-chat/openai-chat-calling.js";
import { openAiResponsesCalling } from "../dialects/openai-responses/openai-responses-calling.js";

/** The protocols that the built-in services speak, as models call them. */
export const CALLED_DIALECTS = {
  anthropic: anthropicCalling,
  gemini: geminiCalling,
  ollama: ollamaCalling,
  openAiChat: openAiChatCalling,
  openAiResponses: openAiResponsesCalling,
};
