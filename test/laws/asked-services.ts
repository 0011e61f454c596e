import type { JsonObject } from "../../src/base/json.js";
import { anthropic } from "../../src/dialects/anthropic/anthropic.js";
import type { Dialect } from "../../src/dialects/dialect.js";
import { gemini } from "../../src/dialects/gemini/gemini.js";
import { MISTRAL_HISTORY } from "../../src/dialects/history/history-rules.js";
import { ollama } from "../../src/dialects/ollama/ollama.js";
import { openAiChat, openAiChatDialect } from "../../src/dialects/openai-chat/openai-chat.js";
import { openAiResponses } from "../../src/dialects/openai-responses/openai-responses.js";
import type { ChatMessage } from "../../src/stream/message.js";
import * as rules from "./service-rules.js";

/** Who may be asked next, by which model, and what that service refuses. */
export const SERVICES: readonly [name: string, dialect: Dialect, model: string, refuses: rules.ServiceRules][] = [
  ["openai", openAiChat, "gpt-4.1", rules.chatCompletions("openai")],
  [
    "mistral",
    openAiChatDialect({ maxTokensField: "max_tokens", sendReasoning: "thinking", history: MISTRAL_HISTORY }),
    "mistral-medium-latest",
    rules.chatCompletions("mistral"),
  ],
  ["openai responses", openAiResponses, "gpt-5", rules.responses],
  ["anthropic", anthropic, "claude-opus-4-6", rules.messages],
  ["gemini", gemini, "gemini-2.5-flash", rules.contents],
  ["ollama", ollama, "llama3.2", rules.ollamaChat],
];

/** What the services refuse in a history that ends with something to answer, each in words with the service's name. */
export function refusedBy(messages: readonly ChatMessage[]): string[] {
  return SERVICES.flatMap(([name, dialect, model, refuses]) => {
    const { body } = dialect.writeRequest({ messages: [...messages] }, { model, stream: true });
    const plain: JsonObject = JSON.parse(JSON.stringify(body));
    return refuses(plain).map((wrong) => `${name}: ${wrong}`);
  });
}
