import * as ai5 from "ai5";
import * as ai6 from "ai6";
import * as ai7 from "ai7";
import { z } from "zod";
import type { JsonObject } from "../../src/base/json.js";
import { toAiSdk } from "../../src/models/ai-sdk/to-ai-sdk.js";
import type { ChatModel } from "../../src/stream/chat-model.js";

/** What a test asks through the AI SDK. */
interface Asked {
  prompt: string;
  /** A tool `weather`, which takes a `city`. */
  weather?: (input: { city: string }) => Promise<unknown>;
  /** Model calls. Default 1. */
  steps?: number;
  maxRetries?: number;
  abortSignal?: AbortSignal;
  includeRawChunks?: boolean;
  providerOptions?: Record<string, JsonObject>;
}

/** What `streamText` gave. */
interface Streamed {
  parts: { type: string; [field: string]: unknown }[];
  text: string;
  reasoningText: string | undefined;
  finishReason: string;
  usage: { inputTokens?: number | undefined; outputTokens?: number | undefined };
  providerMetadata: object | undefined;
  warnings: readonly object[];
}

/** One version of `ai`, with a model of ours as one version of the interface. */
export interface AiSdk {
  name: string;
  stream(model: ChatModel, asked: Asked): Promise<Streamed>;
  /** The parts as they come. */
  parts(model: ChatModel, asked: Asked): AsyncIterable<{ type: string }>;
  generate(
    model: ChatModel,
    asked: Asked,
  ): Promise<Pick<Streamed, "text" | "reasoningText" | "finishReason" | "usage">>;
  /** `generateObject` with a schema of a `city` and its `degrees`. */
  object(model: ChatModel, prompt: string): Promise<unknown>;
  /** The parts of the message that `useChat` shows at the end. */
  shown(model: ChatModel, asked: Asked): Promise<readonly object[]>;
  isCallError(error: unknown): boolean;
}

const city = z.object({ city: z.string() });
const report = z.object({ city: z.string(), degrees: z.number() });
const quiet = { onError: () => {} };

// Version 2 is converted with a warning, which is not what is tested.
Object.assign(globalThis, { AI_SDK_LOG_WARNINGS: false });

function settings({ weather: _, steps: __, ...rest }: Asked) {
  return rest;
}

interface Result {
  fullStream: AsyncIterable<{ type: string }>;
  text: PromiseLike<string>;
  reasoningText: PromiseLike<string | undefined>;
  finishReason: PromiseLike<string>;
  usage: PromiseLike<Streamed["usage"]>;
  providerMetadata: PromiseLike<object | undefined>;
  warnings: PromiseLike<readonly object[] | undefined>;
}

async function read(result: Result): Promise<Streamed> {
  const parts: Streamed["parts"] = [];
  for await (const part of result.fullStream) parts.push({ ...part });
  return {
    parts,
    text: await result.text,
    reasoningText: await result.reasoningText,
    finishReason: await result.finishReason,
    usage: await result.usage,
    providerMetadata: await result.providerMetadata,
    warnings: (await result.warnings) ?? [],
  };
}

function fifth(version: string, served: (model: ChatModel) => ai5.LanguageModel): AiSdk {
  const run = (model: ChatModel, asked: Asked) =>
    ai5.streamText({
      model: served(model),
      ...settings(asked),
      ...(asked.weather && { tools: { weather: ai5.tool({ inputSchema: city, execute: asked.weather }) } }),
      stopWhen: ai5.stepCountIs(asked.steps ?? 1),
      ...quiet,
    });
  return {
    name: `ai 5 with ${version}`,
    stream: (model, asked) => read(run(model, asked)),
    parts: (model, asked) => run(model, asked).fullStream,
    generate: (model, asked) => ai5.generateText({ model: served(model), ...settings(asked) }),
    object: async (model, prompt) =>
      (await ai5.generateObject({ model: served(model), schema: report, prompt })).object,
    shown: (model, asked) => last(ai5.readUIMessageStream({ stream: run(model, asked).toUIMessageStream() })),
    isCallError: (error) => ai5.APICallError.isInstance(error),
  };
}

function sixth(version: string, served: (model: ChatModel) => ai6.LanguageModel): AiSdk {
  const run = (model: ChatModel, asked: Asked) =>
    ai6.streamText({
      model: served(model),
      ...settings(asked),
      ...(asked.weather && { tools: { weather: ai6.tool({ inputSchema: city, execute: asked.weather }) } }),
      stopWhen: ai6.stepCountIs(asked.steps ?? 1),
      ...quiet,
    });
  return {
    name: `ai 6 with ${version}`,
    stream: (model, asked) => read(run(model, asked)),
    parts: (model, asked) => run(model, asked).fullStream,
    generate: (model, asked) => ai6.generateText({ model: served(model), ...settings(asked) }),
    object: async (model, prompt) =>
      (await ai6.generateObject({ model: served(model), schema: report, prompt })).object,
    shown: (model, asked) => last(ai6.readUIMessageStream({ stream: run(model, asked).toUIMessageStream() })),
    isCallError: (error) => ai6.APICallError.isInstance(error),
  };
}

function seventh(version: string, served: (model: ChatModel) => ai7.LanguageModel): AiSdk {
  const run = (model: ChatModel, asked: Asked) =>
    ai7.streamText({
      model: served(model),
      ...settings(asked),
      ...(asked.weather && { tools: { weather: ai7.tool({ inputSchema: city, execute: asked.weather }) } }),
      stopWhen: ai7.stepCountIs(asked.steps ?? 1),
      ...quiet,
    });
  return {
    name: `ai 7 with ${version}`,
    stream: (model, asked) => read(run(model, asked)),
    parts: (model, asked) => run(model, asked).fullStream,
    generate: (model, asked) => ai7.generateText({ model: served(model), ...settings(asked) }),
    object: async (model, prompt) =>
      (await ai7.generateObject({ model: served(model), schema: report, prompt })).object,
    shown: (model, asked) => last(ai7.readUIMessageStream({ stream: run(model, asked).toUIMessageStream() })),
    isCallError: (error) => ai7.APICallError.isInstance(error),
  };
}

async function last(messages: AsyncIterable<{ parts: readonly object[] }>): Promise<readonly object[]> {
  let parts: readonly object[] = [];
  for await (const message of messages) parts = message.parts;
  return parts;
}

const asV2 = (model: ChatModel) => toAiSdk(model, { version: "v2" });
const asV3 = (model: ChatModel) => toAiSdk(model, { version: "v3" });
const asV4 = (model: ChatModel) => toAiSdk(model, { version: "v4" });

/** Every version of `ai` with every version of the interface that it accepts. */
export const AI_SDKS: readonly AiSdk[] = [
  fifth("v2", asV2),
  sixth("v2", asV2),
  sixth("v3", asV3),
  seventh("v2", asV2),
  seventh("v3", asV3),
  seventh("v4", asV4),
];
