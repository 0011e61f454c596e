import fc from "fast-check";
import { expect, test } from "vitest";
import { summarise } from "../../test/laws/summary.js";
import type { ChatEvent, FinishReason } from "./chat-event.js";
import { partThoughts, type ThoughtTags } from "./part-thoughts.js";

function parted(pieces: readonly string[], tags?: ThoughtTags) {
  const stage = partThoughts(tags);
  const events: ChatEvent[] = [];
  const emit = (event: ChatEvent) => void events.push(event);
  stage.push({ type: "start", id: "a", model: "m" }, emit);
  for (const text of pieces) stage.push({ type: "text-delta", text }, emit);
  stage.end?.(emit);
  const joined = (type: string) =>
    events.flatMap((one) => (one.type === type && "text" in one ? [one.text] : [])).join("");
  return { thought: joined("reasoning-delta"), text: joined("text-delta") };
}

const CASES: [string, { thought: string; text: string }, ThoughtTags?][] = [
  ["<think>Hm.</think>Hi", { thought: "Hm.", text: "Hi" }],
  ["<think>\nHm.\n\nWell.\n</think>\n\nHi", { thought: "Hm.\n\nWell.", text: "Hi" }],
  ["\n <think></think>Hi", { thought: "", text: "Hi" }],
  ["<think>Hm", { thought: "Hm", text: "" }],
  ["Hi <think>no</think>", { thought: "", text: "Hi <think>no</think>" }],
  ["<thin", { thought: "", text: "<thin" }],
  ["<b>Hi</b>", { thought: "", text: "<b>Hi</b>" }],
  ["<think>a < b </thin </think>Hi <think>x</think>", { thought: "a < b </thin", text: "Hi <think>x</think>" }],
  ["Hm.</think>Hi", { thought: "Hm.", text: "Hi" }, { opened: true }],
  [" <think>\nHm.</think>Hi", { thought: "Hm.", text: "Hi" }, { opened: true }],
  ["[THINK]Hm[/THINK]Hi", { thought: "Hm", text: "Hi" }, { open: "[THINK]", close: "[/THINK]" }],
];

test.each(CASES)("%j is parted, wherever it is cut", (text, expected, tags) => {
  expect(parted([text], tags)).toEqual(expected);
  expect(parted([...text], tags)).toEqual(expected);
  fc.assert(
    fc.property(fc.array(fc.nat(text.length)), (cuts) => {
      const at = [...new Set(cuts)].sort((a, b) => a - b);
      expect(
        parted(
          [0, ...at].map((from, index) => text.slice(from, at[index] ?? text.length)),
          tags,
        ),
      ).toEqual(expected);
    }),
    { numRuns: 20 },
  );
});

test("a service that parts them itself is left alone, and each call of a model begins anew", () => {
  const stage = partThoughts();
  const events: ChatEvent[] = [];
  const emit = (event: ChatEvent) => void events.push(event);
  const said: ChatEvent[] = [
    { type: "start", id: "a", model: "m" },
    { type: "reasoning-delta", text: "Hm" },
    { type: "text-delta", text: "<think>literally" },
    { type: "step-start", step: 1, model: "m" },
    { type: "text-delta", text: "<think>Well</think>Hi" },
  ];
  for (const event of said) stage.push(event, emit);
  expect(events.slice(0, 4)).toEqual(said.slice(0, 4));
  expect(events.slice(4)).toEqual([
    { type: "reasoning-delta", text: "Well" },
    { type: "text-delta", text: "Hi" },
  ]);
});

test("an empty tag is refused", () => {
  expect(() => partThoughts({ open: "" })).toThrow(
    expect.objectContaining({ code: "invalid-argument", field: "open" }),
  );
});

test.each<[string, FinishReason, string, string]>([
  ["that ends by itself was no reasoning", "stop", "", "Hello there"],
  ["that was cut was cut in its reasoning", "length", "Hello there", ""],
])("an answer without a closing tag %s, where the tag was open", (_, reason, thought, text) => {
  const stage = partThoughts({ opened: true });
  const events: ChatEvent[] = [];
  const input: ChatEvent[] = [
    { type: "start", id: "a", model: "m" },
    { type: "text-delta", text: "Hello " },
    { type: "text-delta", text: "there" },
    { type: "finish", reason, usage: {} },
  ];
  for (const event of input) stage.push(event, (out) => void events.push(out));
  const { parts } = summarise(events);
  const of = (type: string) => parts.flatMap((part) => (part.type === type && "text" in part ? [part.text] : []));
  expect({ thought: of("reasoning").join(""), text: of("text").join("") }).toEqual({ thought, text });
});
