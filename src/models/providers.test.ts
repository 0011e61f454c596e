import { expect, test } from "vitest";
import type { JsonObject } from "../base/json.js";
import type { ChatRequest } from "../stream/chat-request.js";
import { PROVIDERS } from "./providers.js";

async function written(id: string, request: ChatRequest): Promise<{ body: JsonObject; warned: string[] }> {
  const { dialect } = PROVIDERS.find((provider) => provider.id === id) ?? {};
  if (dialect === undefined) throw new Error(`no provider ${id}`);
  await dialect.load?.();
  const { body, warnings } = dialect.writeRequest(request, { model: "model-1", stream: true });
  return { body, warned: warnings.map(({ field }) => field) };
}

test.each([
  ["deepseek", "reasoning_content"],
  ["moonshot", "reasoning_content"],
  ["openrouter", "reasoning"],
])("%s gets back what it thought before a tool call, as %s", async (id, field) => {
  const { body } = await written(id, {
    messages: [
      { role: "user", content: "How is it in Oslo?" },
      {
        role: "assistant",
        content: [
          { type: "reasoning", text: "I need the weather." },
          { type: "tool-call", callId: "call_1", name: "weather", input: { city: "Oslo" } },
        ],
      },
      { role: "tool", content: [{ type: "tool-result", callId: "call_1", name: "weather", output: "sunny" }] },
    ],
  });
  expect(body.messages).toMatchObject([{}, { [field]: "I need the weather." }, { role: "tool" }]);
});

test("Mistral, which refuses fields that it does not know, has a name of its own for the seed and no user", async () => {
  const { body, warned } = await written("mistral", {
    messages: [{ role: "user", content: "Hi" }],
    seed: 7,
    user: "user-1",
    maxTokens: 9,
  });
  const messages = [{ role: "user", content: "Hi" }];
  expect(body).toEqual({ model: "model-1", messages, stream: true, random_seed: 7, max_tokens: 9 });
  expect(warned).toEqual(["user"]);
});
