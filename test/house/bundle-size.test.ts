import { expect, it } from "vitest";
import { pageKb } from "../../bench/bundle.mjs";

/** The limits, in KB after gzip, for what a page loads that streams text from one service: `stream`, the transport, its protocol. */
const LIMITS = { "openai-chat": 30, "openai-responses": 53, anthropic: 53, gemini: 56, ollama: 45 };

it.each(Object.entries(LIMITS))("a page that streams text through %s loads at most %i KB", async (dialect, limit) => {
  const size = await pageKb(dialect);
  expect(size).toBeGreaterThan(20);
  expect(size).toBeLessThan(limit);
});
