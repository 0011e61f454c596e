import type { JsonObject } from "../../src/base/json.js";
import { writeConverseInput } from "../../src/dapr/components/bedrock/write-converse-input.js";
import { anthropic } from "../../src/dialects/anthropic/anthropic.js";
import type { Dialect } from "../../src/dialects/dialect.js";
import { gemini } from "../../src/dialects/gemini/gemini.js";
import { ollama } from "../../src/dialects/ollama/ollama.js";
import { openAiChat, openAiChatDialect } from "../../src/dialects/openai-chat/openai-chat.js";
import { openAiResponses } from "../../src/dialects/openai-responses/openai-responses.js";
import type { Warning } from "../../src/stream/chat-event.js";
import type { ChatMessage } from "../../src/stream/message.js";
import { converse } from "./converse-rules.js";
import * as rules from "./service-rules.js";

/** Bedrock's Converse, which the SDK puts on the wire. */
const bedrock: Pick<Dialect, "writeRequest"> = {
  writeRequest(request, { model }) {
    const warnings: Warning[] = [];
    const input = writeConverseInput(request, model, warnings);
    return { path: "", body: { wrong: converse(input) }, warnings };
  },
};

/** Who may be asked next, by which model, and what that service refuses. */
export const SERVICES: readonly [
  name: string,
  dialect: Pick<Dialect, "writeRequest">,
  model: string,
  refuses: rules.ServiceRules,
][] = [
  ["openai", openAiChat, "gpt-4.1", rules.chatCompletions("openai")],
  [
    "mistral",
    openAiChatDialect({ maxTokensField: "max_tokens", sendReasoning: "thinking", history: "mistral" }),
    "mistral-medium-latest",
    rules.chatCompletions("mistral"),
  ],
  ["openai responses", openAiResponses, "gpt-5", rules.responses],
  ["anthropic", anthropic, "claude-opus-4-6", rules.messages],
  ["gemini", gemini, "gemini-2.5-flash", rules.contents],
  ["bedrock", bedrock, "anthropic.claude-sonnet-4-5", ({ wrong }) => (Array.isArray(wrong) ? wrong.map(String) : [])],
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
