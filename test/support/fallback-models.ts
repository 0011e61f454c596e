import { type FallbackOptions, fallback } from "../../src/models/fallback.js";
import type { ChatEvent } from "../../src/stream/chat-event.js";
import type { ChatModel } from "../../src/stream/chat-model.js";
import type { ChatRequest } from "../../src/stream/chat-request.js";
import { ChatStream } from "../../src/stream/chat-stream.js";
import { SluiceError } from "../../src/stream/error.js";

export const BUSY = new SluiceError("overloaded", "too much to do", { retryable: true });
export const REQUEST: ChatRequest = { messages: [{ role: "user", content: "Hi" }] };

export interface Script {
  says?: string[];
  events?: ChatEvent[];
  fails?: SluiceError;
  prefix?: boolean;
}

/** A model that says its script, then fails or finishes; it counts 10 tokens in and one out for each word. */
export function scriptedModel(id: string, { says = [], events = [], fails, prefix = false }: Script) {
  const requests: ChatRequest[] = [];
  const chat: ChatModel = {
    id,
    capabilities: { prefix },
    stream(request) {
      requests.push(request);
      const usage = { inputTokens: 10, outputTokens: says.length };
      return ChatStream.from(
        (function* (): Generator<ChatEvent> {
          yield { type: "start", id: `${id}-1`, model: id };
          yield { type: "usage", usage: { inputTokens: 10 } };
          for (const text of says) yield { type: "text-delta", text };
          yield* events;
          yield { type: "usage", usage };
          if (fails !== undefined) throw fails;
          yield { type: "finish", reason: "stop", usage };
        })(),
      );
    },
  };
  return { chat, requests };
}

/** What a fallback over these models answers. */
export function answerOf(models: ReturnType<typeof scriptedModel>[], options?: FallbackOptions): ChatStream {
  return fallback(
    models.map(({ chat }) => chat),
    options,
  ).stream(REQUEST);
}

export const types = (events: ChatEvent[]) => events.map((event) => event.type);
export const textDelta = (text: string): ChatEvent => ({ type: "text-delta", text });
