import fc from "fast-check";
import { expect, test } from "vitest";
import type { ChatEvent } from "../../stream/chat-event.js";
import { PartThinking } from "./part-thinking.js";

function part(pieces: readonly string[]) {
  const stage = new PartThinking();
  const out: ChatEvent[] = [];
  const emit = (event: ChatEvent) => void out.push(event);
  for (const text of pieces) stage.push({ type: "text-delta", text }, emit);
  stage.push({ type: "finish", reason: "stop", usage: {} }, emit);
  const joined = (type: ChatEvent["type"]) =>
    out.flatMap((event) => (event.type === type && "text" in event ? [event.text] : [])).join("");
  // Blanks around a thought mean nothing.
  return { text: joined("text-delta"), thought: joined("reasoning-delta").trim(), original: stage.original };
}

/** Text and thinking of an answer, whole. */
const ANSWERS: [answer: string, text: string, thought: string][] = [
  ["Hello.", "Hello.", ""],
  ["  Hello. ", "  Hello. ", ""],
  ["\n<think>Hm.</think>\n\nHello.", "Hello.", "Hm."],
  ["<THINKING>Hm, </think> no.</Thinking> Hello.", "Hello.", "Hm, </think> no."],
  // The small form of some letters is longer than they are.
  ["<think>İ İ</THINK>Hello.", "Hello.", "İ İ"],
  ["One <reflection>Is it?</reflection>\n two <think>Yes.</think> three", "One two three", "Is it?Yes."],
  ["**Thinking:** first\nsecond\n  \n\nHello.", "Hello.", "first\nsecond"],
  ["**Reasoning:** all of it", "**Reasoning:** all of it", "all of it"],
  ["<think>All of it", "<think>All of it", "All of it"],
  ["<think>All of it</think> ", "<think>All of it</think> ", "All of it"],
  ["Hello <think>and no end", "Hello ", "and no end"],
  ["1 < 2 ** 3 <thin>", "1 < 2 ** 3 <thin>", ""],
  ["   ", "   ", ""],
  ["", "", ""],
];

test("thinking is parted from the text, wherever it stands and however the text is cut", () => {
  for (const [answer, text, thought] of ANSWERS) {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 6 })), (sizes) => {
        const pieces: string[] = [];
        let rest = answer;
        for (const size of sizes) {
          pieces.push(rest.slice(0, size));
          rest = rest.slice(size);
        }
        expect(part([...pieces, rest].filter((piece) => piece !== ""))).toEqual({ text, thought, original: answer });
      }),
    );
  }
});

test("what can be no mark goes on at once", () => {
  const stage = new PartThinking();
  const out: ChatEvent[] = [];
  for (const text of ["A <", "b> and <th", "ink>hm", "</thi", "nk> c"]) {
    stage.push({ type: "text-delta", text }, (event) => void out.push(event));
    out.push({ type: "usage", usage: {} });
  }
  expect(out.map((event) => ("text" in event ? event.text : "|")).join("")).toBe("A |<b> and |hm||c|");
});

test("an answer that is taken back begins anew", () => {
  const stage = new PartThinking();
  const out: ChatEvent[] = [];
  const emit = (event: ChatEvent) => void out.push(event);
  stage.push({ type: "text-delta", text: "<think>lost" }, emit);
  stage.push({ type: "retract", reason: "again" }, emit);
  stage.push({ type: "text-delta", text: "Hello." }, emit);
  expect(out).toEqual([
    { type: "reasoning-delta", text: "lost" },
    { type: "retract", reason: "again" },
    { type: "text-delta", text: "Hello." },
  ]);
  expect(stage.original).toBe("Hello.");
});

test("what comes between two pieces of text comes behind what may not become a mark any more", () => {
  const stage = new PartThinking();
  const out: ChatEvent[] = [];
  const call: ChatEvent = { type: "tool-call", callId: "a", name: "look", input: {} };
  for (const event of [{ type: "text-delta", text: "a <" }, call] satisfies ChatEvent[])
    stage.push(event, (made) => void out.push(made));
  expect(out).toEqual([{ type: "text-delta", text: "a " }, { type: "text-delta", text: "<" }, call]);
});

test("a step that is taken back leaves those before it, and counts for nothing itself", () => {
  const stage = new PartThinking();
  const texts: string[] = [];
  const push = (event: ChatEvent) => stage.push(event, (made) => made.type === "text-delta" && texts.push(made.text));
  const step = (number: number): ChatEvent => ({ type: "step-start", step: number, model: "m" });
  push(step(0));
  push({ type: "text-delta", text: "<think>One.</think>" });
  push({ type: "step-finish", step: 0, reason: "tool-calls", usage: {} });
  push(step(1));
  push({ type: "text-delta", text: "Void" });
  push({ type: "retract", reason: "again" });
  push({ type: "text-delta", text: "<think>Two.</think>" });
  push({ type: "finish", reason: "stop", usage: {} });
  expect(texts).toEqual(["Void", "<think>One.</think><think>Two.</think>"]);
});
