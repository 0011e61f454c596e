import { expect, test } from "vitest";
import { budget } from "../../src/guards/budget/budget.js";
import { defineGuard } from "../../src/guards/checked/define-guard.js";
import { guard } from "../../src/guards/guard.js";
import { pii } from "../../src/guards/pii/pii.js";
import { defineModel } from "../../src/models/define-model.js";
import type { ChatEvent } from "../../src/stream/chat-event.js";
import { collect } from "../support/collect.js";

const ASK = { messages: [{ role: "user" as const, content: "Go." }] };
const inner = (event: ChatEvent): ChatEvent => ({ type: "nested", from: "poet", callId: "a", event });
const DONE: ChatEvent = { type: "finish", reason: "stop", usage: { inputTokens: 5, outputTokens: 5 } };

/** A model whose inner stream says some texts, in the middle of a text of its own. */
const outer = (...texts: string[]) =>
  defineModel({
    id: "outer",
    *stream() {
      yield "Outer ";
      yield inner({ type: "start", id: "1", model: "m" });
      for (const text of texts) yield inner({ type: "text-delta", text });
      yield inner(DONE);
      yield "text.";
    },
  });

const nestedText = (events: readonly ChatEvent[]) =>
  events
    .flatMap((event) => (event.type === "nested" && event.event.type === "text-delta" ? [event.event.text] : []))
    .join("");

test("personal data inside is replaced, also where it is cut", async () => {
  const stream = guard(outer("Write to ann@exa", "mple.com now."), pii()).stream(ASK);
  const events = await collect(stream);
  expect(nestedText(events)).toBe("Write to <EMAIL_ADDRESS> now.");
  expect(await stream.fullText).toBe("Outer text.");
});

test("a check sees each inner text apart, and what it blocks there ends the answer", async () => {
  const seen: string[] = [];
  const check = defineGuard({
    name: "no-secrets",
    check: ({ text }) => {
      seen.push(text);
      return text.includes("secret") ? { action: "block", reason: "a secret" } : undefined;
    },
  });
  const fine = guard(outer("One. ", "Two."), check).stream(ASK);
  expect(nestedText(await collect(fine))).toBe("One. Two.");
  expect(seen.join("|")).not.toContain("Outer One");
  const stream = guard(outer("A se", "cret. ", "More."), check).stream(ASK);
  const events = await collect(stream);
  expect(JSON.stringify(events)).not.toContain("secret. ");
  expect(JSON.stringify(events)).not.toContain("More");
  expect(events.at(-1)).toMatchObject({ type: "finish", reason: "content-filter" });
});

test("a budget counts the output inside, once, and ends the answer there", async () => {
  const words = Array.from({ length: 50 }, (_, n) => `word${n} `);
  const stream = guard(outer(...words), budget({ maxOutputTokens: 20 })).stream(ASK);
  const events = await collect(stream);
  expect(events.at(-1)).toMatchObject({ type: "finish", reason: "budget" });
  expect(nestedText(events).length).toBeGreaterThan(0);
  expect(nestedText(events)).not.toContain("word40");
  const enough = guard(outer("Hi."), budget({ maxTotalTokens: 1_000 })).stream(ASK);
  expect(await enough.finishReason).toBe("stop");
});
