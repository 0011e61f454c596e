import { expect, it } from "vitest";
import { pageKb } from "../../bench/bundle.mjs";

/** The limits, in KB after gzip, for what a page loads that streams text from one service: `stream`, the transport, its protocol. */
const LIMITS = { ollama: 29.7, "openai-chat": 30, anthropic: 30.7, "openai-responses": 45.8, gemini: 47.7 };

it.each(Object.entries(LIMITS))("a page that streams text through %s loads at most %f KB", async (dialect, limit) => {
  const size = await pageKb(dialect);
  expect(size).toBeGreaterThan(20);
  expect(size).toBeLessThan(limit);
});
