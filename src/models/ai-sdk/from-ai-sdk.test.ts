import { MockLanguageModelV2 } from "ai5/test";
import { MockLanguageModelV3 } from "ai6/test";
import { MockLanguageModelV4 } from "ai7/test";
import { describe, expect, it } from "vitest";
import { collect } from "../../../test/support/collect.js";
import { fromAiSdk } from "./from-ai-sdk.js";
import type { AiSdkLanguageModel } from "./language-model.js";

const REQUEST = { messages: [{ role: "user" as const, content: "Hello" }] };

const stream = <T>(parts: T[]) =>
  new ReadableStream<T>({
    start(controller) {
      for (const part of parts) controller.enqueue(part);
      controller.close();
    },
  });

describe("fromAiSdk", () => {
  it("takes the models of every version", async () => {
    const v2 = new MockLanguageModelV2({
      doStream: {
        stream: stream([
          { type: "stream-start", warnings: [] },
          { type: "text-start", id: "1" },
          { type: "text-delta", id: "1", delta: "Hi" },
          { type: "text-end", id: "1" },
          { type: "finish", finishReason: "stop", usage: { inputTokens: 1, outputTokens: 2, totalTokens: 3 } },
        ]),
      },
    });
    const models: AiSdkLanguageModel[] = [v2, new MockLanguageModelV3(), new MockLanguageModelV4()];
    expect(models.map((model) => fromAiSdk(model).id)).toHaveLength(3);
    const usage = { inputTokens: 1, outputTokens: 2 };
    expect(await collect(fromAiSdk(v2).stream(REQUEST))).toEqual([
      { type: "start", id: expect.any(String), model: "mock-model-id" },
      { type: "text-delta", text: "Hi", block: 0 },
      { type: "usage", usage },
      { type: "finish", reason: "stop", usage },
    ]);
  });
});
