import { expect, test } from "vitest";
import type { Capabilities, ChatModel } from "../stream/chat-model.js";
import { defineModel } from "./define-model.js";
import { fallback } from "./fallback.js";
import { model } from "./named-model.js";

const able = (capabilities?: Capabilities): ChatModel =>
  defineModel({ id: "own", ...(capabilities && { capabilities }), stream: () => ["Yes."] });
const of = (...all: (Capabilities | undefined)[]) => fallback(all.map(able)).capabilities;

test("a fallback can what all of its models can, and cannot what none can", () => {
  expect(of({ tools: true, jsonSchema: true, streaming: false }, { tools: true, jsonSchema: false })).toEqual({
    tools: true,
  });
  expect(of({ tools: false, prefix: true }, { tools: false, prefix: true })).toEqual({ tools: false, prefix: true });
  expect(of({ tools: true, input: [] }, undefined)).toEqual({});
});

test("and schemas have the limits of all", () => {
  expect(
    of(
      { jsonSchemaLimits: { recursion: false, optional: 24, unions: 4 } },
      { jsonSchemaLimits: { open: false, optional: 16 } },
      {},
    ),
  ).toEqual({ jsonSchemaLimits: { recursion: false, open: false, optional: 16, unions: 4 } });
});

test("so that an object is asked for in the providers' own mode where all have one", () => {
  const env = { OPENAI_API_KEY: "k", GEMINI_API_KEY: "k" };
  const both = fallback([model("openai/gpt-5", { env }), model("gemini/gemini-2.5-pro", { env })]);
  expect(both.capabilities?.jsonSchema).toBe(true);
});
