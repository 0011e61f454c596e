import type { CallingDialect } from "../../src/dialects/dialect.js";
import { anthropic, gemini, ollama, openAiResponses } from "../../src/dialects/index.js";
import { openAiChat } from "../../src/dialects/openai-chat/openai-chat.js";
import { httpModel } from "../../src/models/http/http-model.js";
import type { ChatEvent } from "../../src/stream/chat-event.js";
import { serveDialect } from "../support/serve-dialect.js";
import { modelLaws } from "./model-laws.js";
import { IN_PARTS } from "./plain-frames.js";

const ANSWER: ChatEvent[] = [
  { type: "start", id: "chatcmpl-1", model: "m" },
  { type: "reasoning-delta", text: "Hm. " },
  { type: "text-delta", text: "One " },
  { type: "text-delta", text: "two " },
  { type: "text-delta", text: "three." },
  { type: "finish", reason: "stop", usage: { inputTokens: 4, outputTokens: 3 } },
];

const SPOKEN = [openAiChat, openAiResponses, anthropic, gemini, ollama];

for (const [dialect, parts] of [
  ...SPOKEN.map((dialect) => [dialect] as const),
  ...SPOKEN.map((dialect) => [dialect, IN_PARTS[dialect.name]?.parts] as const).filter(([, parts]) => parts),
]) {
  const make = async () => {
    const server = await serveDialect(dialect, () => ANSWER);
    const called: CallingDialect = parts?.() ?? dialect;
    const model = httpModel({ id: `test/${dialect.name}`, model: "m", dialect: called, baseUrl: server.url });
    return { model, close: () => server.close() };
  };
  modelLaws(`a model behind HTTP that speaks ${dialect.name}${parts ? " in parts" : ""}`, make);
  modelLaws(`the same, asked for one body`, async () => ({
    ...(await make()),
    options: { streaming: false },
    simulated: true,
  }));
}
