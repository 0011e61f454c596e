import { afterEach, expect, test } from "vitest";
import { anthropic } from "../../src/dialects/anthropic/anthropic.js";
import { gemini } from "../../src/dialects/gemini/gemini.js";
import { ollama } from "../../src/dialects/ollama/ollama.js";
import { openAiChat } from "../../src/dialects/openai-chat/openai-chat.js";
import { openAiResponses } from "../../src/dialects/openai-responses/openai-responses.js";
import { whole } from "./behaviours.js";
import { modelAt, REQUEST } from "./chat-answer.js";
import { FaultServer } from "./fault-server.js";

let server: FaultServer | undefined;

afterEach(async () => {
  await server?.stop();
  server = undefined;
});

const dialects = [openAiChat, openAiResponses, anthropic, gemini, ollama];

test.each(dialects)("a 200 without a body is cut, and asked again, whether $name streams or not", async (dialect) => {
  for (const streaming of [true, false]) {
    for (const body of ["", "\n\n"]) {
      server = await FaultServer.start(whole(body === "" ? [] : [body]));
      const retry = { retries: 0 };
      const asked = modelAt(server, { dialect, retry }).stream(REQUEST, { streaming });
      await expect(asked.fullText).rejects.toMatchObject({ code: "truncated", retryable: true });
      await server.stop();
    }
  }
});
