import { expect, test } from "vitest";
import { isThinkingModel } from "../catalog/catalog.js";
import { DEFAULT_TIMEOUTS, defaultTimeouts, isNearBy } from "./default-timeouts.js";

const ELSEWHERE = { nearBy: false, model: "gpt-4o", streaming: true, reasoning: false };

test("a call elsewhere has the plain limits; what takes longer by its nature has longer ones", () => {
  expect(defaultTimeouts(ELSEWHERE)).toEqual(DEFAULT_TIMEOUTS);
  const thinking = defaultTimeouts({ ...ELSEWHERE, model: "o3-mini" });
  expect(thinking).toMatchObject({ firstByteMs: 600_000, idleMs: 600_000 });
  expect(defaultTimeouts({ ...ELSEWHERE, reasoning: true })).toEqual(thinking);
  const local = defaultTimeouts({ ...ELSEWHERE, nearBy: true });
  expect(local).toMatchObject({ firstByteMs: 3_600_000, idleMs: 1_800_000, connectMs: 10_000 });
  expect(defaultTimeouts({ ...ELSEWHERE, streaming: false })).toMatchObject({ firstByteMs: 3_600_000, idleMs: 60_000 });
});

test.each([
  ["http://localhost:1234/v1", true],
  ["http://127.0.0.1:8080", true],
  ["http://[::1]:8080", true],
  ["http://10.0.0.7/v1", true],
  ["http://172.20.1.1/v1", true],
  ["http://192.168.1.20:11434", true],
  ["http://100.64.0.9:11434", true],
  ["http://ollama:11434", true],
  ["http://host.docker.internal:11434", true],
  ["http://gpu.lan:8000", true],
  ["https://api.anthropic.com", false],
  ["https://172.64.1.1/v1", false],
  ["https://100.200.0.1/v1", false],
  ["https://localhost.example.com", false],
])("%s is near by: %s", (url, near) => expect(isNearBy(url)).toBe(near));

test.each([
  "o1",
  "o3-mini",
  "openai/o4-mini",
  "gpt-5.1",
  "deepseek-reasoner",
  "deepseek-r1:8b",
  "qwq:32b",
  "kimi-k2-thinking",
  "magistral-medium",
  "grok-4",
  "gemini-2.5-pro",
])("%s thinks", (model) => expect(isThinkingModel(model)).toBe(true));

test.each(["gpt-4o", "claude-sonnet-4-5", "llama3.2", "mistral-large", "gemini-2.0-flash", "foo1"])(
  "%s does not, unasked",
  (model) => expect(isThinkingModel(model)).toBe(false),
);
