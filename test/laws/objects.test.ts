import { afterAll, describe, expect, it } from "vitest";
import { z } from "zod";
import type { ServedRequest } from "../../src/dialects/dialect.js";
import { anthropic, gemini, ollama, openAiResponses } from "../../src/dialects/index.js";
import { openAiChat } from "../../src/dialects/openai-chat/openai-chat.js";
import { httpModel } from "../../src/models/http/http-model.js";
import type { ChatEvent } from "../../src/stream/chat-event.js";
import { object } from "../../src/structured/object.js";
import type { ObjectMode } from "../../src/structured/object-mode.js";
import { collect } from "../support/collect.js";
import { serveDialect } from "../support/serve-dialect.js";

const Items = z.array(z.object({ name: z.string(), size: z.number() }));
const VALUE = [
  { name: "Zoë 🛶", size: 1.5 },
  { name: 'a "b"', size: -2 },
];
const TEXT = JSON.stringify({ value: VALUE });

/** Answers in the form that was asked for, as it came over the wire. */
function answer({ request }: ServedRequest): ChatEvent[] {
  const deltas = TEXT.match(/.{1,7}/gu) ?? [];
  const [tool] = request.tools ?? [];
  const name = tool !== undefined && "inputSchema" in tool ? tool.name : undefined;
  const prose = request.responseFormat === undefined ? ["Here: "] : [];
  const said: ChatEvent[] = name
    ? [
        ...deltas.map((delta): ChatEvent => ({ type: "tool-input-delta", callId: "c1", name, delta })),
        { type: "tool-call", callId: "c1", name, input: { value: VALUE } },
      ]
    : [...prose, ...deltas].map((text) => ({ type: "text-delta", text }));
  return [
    { type: "start", id: "1", model: "m" },
    ...said,
    { type: "finish", reason: name ? "tool-calls" : "stop", usage: { inputTokens: 4, outputTokens: 3 } },
  ];
}

describe.each([openAiChat, openAiResponses, anthropic, gemini, ollama])("a value over $name", (dialect) => {
  const server = serveDialect(dialect, answer);
  afterAll(async () => (await server).close());

  it.each<[ObjectMode, boolean]>([
    ["json-schema", true],
    ["json-schema", false],
    ["tool", true],
    ["tool", false],
    ["instructions", true],
  ])("arrives in mode %s, streaming: %s", async (mode, streaming) => {
    const { url, requests } = await server;
    const model = httpModel({ id: `test/${dialect.name}`, model: "m", dialect, baseUrl: url });
    const result = object(model, Items, "Go", { mode, streaming });
    expect(await collect(result.elements())).toEqual(VALUE);
    expect(await result.object).toEqual(VALUE);
    const { request } = requests.at(-1) ?? {};
    expect(request?.responseFormat?.type).toBe(mode === "json-schema" ? "json-schema" : undefined);
    expect(request?.tools?.length ?? 0).toBe(mode === "tool" ? 1 : 0);
  });
});
