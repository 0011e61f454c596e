import { afterAll, describe, expect, test } from "vitest";
import { echo } from "../../src/models/echo.js";
import type { EmbeddingModel } from "../../src/models/embeddings/embedding-model.js";
import { createServer, type SluiceServer } from "../../src/server/create-server.js";
import { TestVoice } from "../speech/test-voice.js";
import { anthropic } from "./documented-fields/anthropic.js";
import { gemini } from "./documented-fields/gemini.js";
import { ollama } from "./documented-fields/ollama.js";
import { openai } from "./documented-fields/openai.js";
import type { Body } from "./documented-fields/protocol.js";
import { userInterfaces } from "./documented-fields/user-interfaces.js";

const vectors: EmbeddingModel = {
  id: "test/vectors",
  maxTexts: 8,
  embedTexts: async (texts) => ({ vectors: texts.map((text) => [text.length]), usage: { inputTokens: 1 } }),
};
const server: SluiceServer = await createServer({
  models: { echo: echo({ tokensPerSecond: Number.POSITIVE_INFINITY }) },
  embeddings: { vectors },
  voices: { alloy: new TestVoice({ chunks: 1 }) },
});
afterAll(() => server.close());

const PROTOCOLS = [...openai, ...anthropic, ...gemini, ...ollama, ...userInterfaces];

/** Values of each kind. What a model called its tools with is no field: a history may have whatever it wrote. */
const VALUES: readonly (readonly [value: unknown, kinds: readonly string[]])[] = [
  ["text", ["string"]],
  [7, ["number"]],
  [true, ["boolean"]],
  [{}, ["object"]],
  [["text"], ["array", "strings"]],
  [[7], ["array"]],
  [[{}], ["array", "objects"]],
];

/** The body with another value at a path. */
function withValue(body: Body, path: string, value: unknown): Body {
  const copy = structuredClone(body) as Record<string, unknown>;
  const keys = path.split(/[.[\]]+/).filter((key) => key !== "");
  const last = keys.pop() ?? "";
  let at: Record<string, unknown> = copy;
  for (const key of keys) {
    at[key] ??= {};
    at = at[key] as Record<string, unknown>;
  }
  at[last] = value;
  return copy;
}

async function post(path: string, body: Body): Promise<{ status: number; text: string }> {
  const request = new Request(`http://localhost${path}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  const answer = await server.fetch(request);
  return { status: answer.status, text: await answer.text() };
}

describe.each(PROTOCOLS)("$path $body.trigger", ({ path, body, fields, named }) => {
  test("answers the request with nothing wrong in it", async () => {
    const { status, text } = await post(path, body);
    expect(status, text).toBe(200);
  });

  test("refuses a documented field of another type, and names it", async () => {
    const passed: string[] = [];
    for (const [field, kinds] of Object.entries(fields)) {
      for (const [value, of] of VALUES) {
        if (of.some((kind) => kinds.split("|").includes(kind))) continue;
        const { status, text } = await post(path, withValue(body, field, value));
        const says = status === 400 ? String(named(JSON.parse(text))) : `${status}`;
        if (status !== 400 || !says.includes(field))
          passed.push(`${field} = ${JSON.stringify(value)}: ${says.slice(0, 120)}`);
      }
    }
    expect(passed).toEqual([]);
  });

  test("names a documented number that is out of its range as the client does", async () => {
    const passed: string[] = [];
    for (const [field, kinds] of Object.entries(fields)) {
      if (!kinds.split("|").includes("number")) continue;
      for (const value of [-1.5, 0, 1e308]) {
        const { status, text } = await post(path, withValue(body, field, value));
        const says = status === 400 ? String(named(JSON.parse(text))) : `${status}`;
        if (status >= 300 && !says.includes(field)) passed.push(`${field} = ${value}: ${says.slice(0, 120)}`);
      }
    }
    expect(passed).toEqual([]);
  });
});
