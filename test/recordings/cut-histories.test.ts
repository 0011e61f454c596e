import { describe, expect, test } from "vitest";
import type { JsonObject } from "../../src/base/json.js";
import { anthropic } from "../../src/dialects/anthropic/anthropic.js";
import type { Dialect } from "../../src/dialects/dialect.js";
import { gemini } from "../../src/dialects/gemini/gemini.js";
import { MISTRAL_HISTORY } from "../../src/dialects/history/history-rules.js";
import { ollama } from "../../src/dialects/ollama/ollama.js";
import { openAiChat, openAiChatDialect } from "../../src/dialects/openai-chat/openai-chat.js";
import { openAiResponses } from "../../src/dialects/openai-responses/openai-responses.js";
import type { ChatEvent } from "../../src/stream/chat-event.js";
import type { ChatMessage } from "../../src/stream/message.js";
import { Transcript } from "../../src/stream/transcript.js";
import * as rules from "../laws/service-rules.js";
import { haveRecordings, recordedAnswers } from "./load-recording.js";

/** Who is asked next, and what it refuses. */
const SERVICES: readonly [name: string, dialect: Dialect, model: string, refuses: rules.ServiceRules][] = [
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

const asks = (content: string): ChatMessage => ({ role: "user", content });

/** What is kept of an answer that was stopped after each of its events, where that is not as after the one before. */
function cutsOf(events: readonly ChatEvent[]): ChatMessage[][] {
  const transcript = new Transcript(true);
  const cuts: ChatMessage[][] = [];
  for (const [index, event] of events.entries()) {
    transcript.push(event);
    // Within a long text every cut is alike but for its length.
    const alike = event.type.endsWith("-delta") && event.type === events[index - 2]?.type;
    if (!alike) cuts.push(transcript.messages);
  }
  return cuts;
}

describe.runIf(haveRecordings())("an answer that was stopped at any event", () => {
  const recorded = recordedAnswers().map(({ path, events }) => ({ path, cuts: cutsOf(events) }));

  test.each(SERVICES)("is a history that %s takes", (_, dialect, model, refuses) => {
    expect(recorded.length).toBeGreaterThan(100);
    for (const { path, cuts } of recorded) {
      for (const [index, cut] of cuts.entries()) {
        const messages = [asks("Hi"), ...cut, asks("Go on.")];
        const body: JsonObject = dialect.writeRequest({ messages }, { model, stream: true }).body;
        const wrong = refuses(JSON.parse(JSON.stringify(body)));
        if (wrong.length > 0) expect.unreachable(`${path}, cut ${index}: ${wrong.join("; ")}\n${JSON.stringify(body)}`);
      }
    }
  });
});
