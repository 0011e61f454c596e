import { expect } from "vitest";
import type { JsonObject } from "../../src/base/json.js";
import { openAiResponses } from "../../src/dialects/openai-responses/openai-responses.js";
import type { ChatEvent } from "../../src/stream/chat-event.js";
import { readWire } from "../laws/dialect-laws.js";

/** A stream in which each item begins and is whole at once. */
export function streamOf(output: readonly JsonObject[], response: JsonObject = {}): JsonObject[] {
  return [
    {
      type: "response.created",
      response: { id: "resp_1", model: "m", status: "in_progress", output: [], ...response },
    },
    ...output.flatMap((item, at): JsonObject[] => [
      { type: "response.output_item.added", output_index: at, item: { ...item, status: "in_progress" } },
      { type: "response.output_item.done", output_index: at, item },
    ]),
    { type: "response.completed", response: { id: "resp_1", status: "completed", output: [...output], ...response } },
  ];
}

export function readEvents(events: readonly JsonObject[]): ChatEvent[] {
  const text = events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join("");
  const { events: emitted, error } = readWire(openAiResponses, [new TextEncoder().encode(text)]);
  expect(error).toBeUndefined();
  return emitted;
}

export const outputText = (text: string) => ({ type: "output_text", text, annotations: [] });
