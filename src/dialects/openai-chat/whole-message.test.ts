import { expect, test } from "vitest";
import { readWire } from "../../../test/laws/dialect-laws.js";
import { summarise, textOfEvents } from "../../../test/laws/summary.js";
import { openAiChat } from "./openai-chat.js";

function read(...choices: object[]) {
  const frames = choices.map((choice) => ({ id: "c1", model: "m", choices: [{ index: 0, ...choice }] }));
  const text = [...frames.map((frame) => JSON.stringify(frame)), "[DONE]"].map((data) => `data: ${data}\n\n`).join("");
  return readWire(openAiChat, [new TextEncoder().encode(text)]).events;
}

test.each([
  ["the same", ["Hel", "lo"], "Hello", "Hello", false],
  ["more", ["Hel"], "Hello", "Hello", false],
  ["less", ["Hel", "lo"], "Hel", "Hello", false],
  ["something else that is longer", ["wor", "ld!"], "Hello, world!", "Hello, world!", true],
])("a message at the end that says %s does not double the text", (_, pieces, whole, text, retracted) => {
  const deltas = pieces.map((content) => ({ delta: { content } }));
  for (const last of [{}, { delta: {} }]) {
    const events = read(...deltas, { ...last, message: { role: "assistant", content: whole }, finish_reason: "stop" });
    expect(textOfEvents(events)).toBe(text);
    expect(events.some(({ type }) => type === "retract")).toBe(retracted);
    expect(events.at(-1)).toMatchObject({ type: "finish", reason: "stop" });
  }
});

test("a message at the end repeats neither thoughts nor calls", () => {
  const tool_calls = [{ index: 0, id: "a", type: "function", function: { name: "look", arguments: "{}" } }];
  const events = read(
    { delta: { reasoning_content: "Hm" } },
    { delta: { content: "Hi" } },
    { delta: { tool_calls } },
    { message: { content: "Hi", reasoning_content: "Hm", tool_calls }, finish_reason: "tool_calls" },
  );
  expect(summarise(events).parts.map(({ type }) => type)).toEqual(["reasoning", "text", "tool-call"]);
});

test.each([
  ["in the same pieces", ["Hel", "lo"], "Hello"],
  ["in others", ["Hello"], "Hello"],
  ["and something else", ["Good", " day"], "HelloGood day"],
])("an answer that is said again after its end, %s", (_, again, text) => {
  const said = (pieces: string[]) => [
    { delta: { role: "assistant", content: "" } },
    ...pieces.map((content) => ({ delta: { role: "assistant", content } })),
    { delta: {}, finish_reason: "stop" },
  ];
  const events = read(...said(["Hel", "lo"]), ...said(again));
  expect(textOfEvents(events)).toBe(text);
  expect(events.filter(({ type }) => type === "step-start")).toHaveLength(text === "Hello" ? 0 : 1);
  expect(events.at(-1)).toMatchObject({ type: "finish", reason: "stop" });
});

test("calls that are made again after the end are made once, and a last chunk that names the role says nothing", () => {
  const tool_calls = [{ index: 0, id: "a", type: "function", function: { name: "look", arguments: '{"at":1}' } }];
  const call = { delta: { role: "assistant", content: null, tool_calls }, finish_reason: "tool_calls" };
  const events = read(call, { delta: { role: "assistant", content: "" }, finish_reason: "tool_calls" }, call);
  expect(events.filter(({ type }) => type === "tool-call")).toHaveLength(1);
  expect(events.some(({ type }) => type === "step-start")).toBe(false);
});
