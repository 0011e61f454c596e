import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runInProcess } from "../../../test/support/run-in-process.js";

/** Lists as the services give them, by path. */
const LISTS: Readonly<Record<string, unknown>> = {
  "/v1/models": { object: "list", data: [{ id: "one", object: "model" }] },
  "/anthropic/v1/models": { data: [{ id: "two", type: "model" }], has_more: false },
  "/v1beta/models": { models: [{ name: "models/three", supportedGenerationMethods: ["generateContent"] }] },
  "/api/tags": { models: [{ name: "four:latest", model: "four:latest" }] },
};
let origin = "";
const server = createServer(({ url = "" }, response) => {
  const list = LISTS[new URL(url, "http://x").pathname];
  response.writeHead(list === undefined ? 404 : 200, { "content-type": "application/json" });
  response.end(JSON.stringify(list ?? { error: { message: "no such path" } }));
});
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.close();
});

test.each([
  ["openai", "OPENAI_BASE_URL", "/v1", "OPENAI_API_KEY", "openai/one"],
  ["groq", "GROQ_BASE_URL", "/v1", "GROQ_API_KEY", "groq/one"],
  ["anthropic", "ANTHROPIC_BASE_URL", "/anthropic", "ANTHROPIC_API_KEY", "anthropic/two"],
  ["gemini", "GEMINI_BASE_URL", "", "GEMINI_API_KEY", "gemini/three"],
  ["ollama", "OLLAMA_HOST", "", "OLLAMA_API_KEY", "ollama/four:latest"],
])("sluice models %s asks the service", async (provider, address, path, key, id) => {
  const env = { [address]: `${origin}${path}`, [key]: "k" };
  const { code, stdout, stderr } = await runInProcess(["models", provider], env);
  expect([code, stdout, stderr]).toEqual([0, `${id}\n`, ""]);
  const asJson = await runInProcess(["models", provider, "--json"], env);
  expect(JSON.parse(asJson.stdout)).toMatchObject([{ id }]);
});

test.each([
  ["opnai", {}, 2, "did you mean openai?"],
  ["openai", {}, 3, "missing-key (openai): OpenAI needs an API key: set OPENAI_API_KEY"],
  ["ollama", { OLLAMA_HOST: "127.0.0.1:9" }, 3, "connect-failed (ollama)"],
  ["perplexity", { PERPLEXITY_API_KEY: "k" }, 2, "Perplexity has no list of its models"],
])("sluice models %s with %j ends with code %i", async (provider, env, code, why) => {
  const ended = await runInProcess(["models", provider], env);
  expect([ended.code, ended.stdout, ended.stderr]).toEqual([code, "", expect.stringContaining(why)]);
});
