import { expect, test } from "vitest";
import { z } from "zod";
import { object } from "../../src/chat/index.js";
import { guard, pii, scrubText } from "../../src/guards/index.js";
import { defineModel, scripted } from "../../src/models/index.js";
import type { ChatRequest } from "../../src/stream/chat-request.js";
import { textOf } from "../../src/stream/index.js";
import { tool } from "../../src/tools/index.js";

/** A model that says what it was asked, in pieces of so many characters. */
const parrot = (size: number) =>
  defineModel({
    id: "parrot",
    *stream({ messages }: ChatRequest) {
      const last = messages.at(-1);
      const said = last === undefined ? "" : textOf(last);
      for (let at = 0; at < said.length; at += size) yield said.slice(at, at + size);
    },
  });
const asked = (content: string): ChatRequest => ({ messages: [{ role: "user", content }] });
const saying = (text: string, size = 3) => scripted([text.match(new RegExp(`[\\s\\S]{1,${size}}`, "g")) ?? []]);

// BerriAI/litellm#29134, #31503: an answer that is scrubbed came as one piece, at its end.
test("what is scrubbed goes out while it is written", async () => {
  const pieces: string[] = [];
  const answer = guard(saying("It was sent to ann@example.com yesterday, and to nobody else.", 6), pii()).stream(
    asked("?"),
  );
  for await (const text of answer.text) pieces.push(text);
  expect(pieces.length).toBeGreaterThan(6);
  expect(pieces.join("")).toBe("It was sent to <EMAIL_ADDRESS> yesterday, and to nobody else.");
});

// BerriAI/litellm#23037, #28316, data-privacy-stack/presidio#1151: values came back garbled, or as their placeholders.
test.each([1, 2, 7, 1_000])("what the reader is shown has its values again, in pieces of %i", async (size) => {
  const text =
    "I am at a@b.io, ann.lee@example.com and 555-123-4567; my IBAN is DE89 3704 0044 0532 0130 00, a@b.io again.";
  const model = guard(parrot(size), pii({ reversible: true }));
  expect(await model.stream(asked(text)).fullText).toBe(text);
});

// GetKlai/klai#1128, hasamba/DFIR-Companion#339: a number within another one; code that looks like an address.
test.each([
  ["It is NL91 ABNA 0417 1643 00, please.", "It is <IBAN>, please."],
  ["iban: NL91ABNA0417164300", "iban: <IBAN>"],
  ["std::cout << [Convert]::FromBase64String(x)", "std::cout << [Convert]::FromBase64String(x)"],
  ["recipient: **((((+1 202-555-0143))))**, state", "recipient: **((((<PHONE_NUMBER>))))**, state"],
])("%s", (text, scrubbed) => {
  expect(scrubText(text)).toBe(scrubbed);
});

const schema = z.object({ verdict: z.string(), note: z.string().optional() });
const fence = "```";

// vercel/ai#20988, waybarrios/vllm-mlx#357, ItzCrazyKns/Vane#1037, mastra-ai/mastra#13948, vectorize-io/hindsight#2542,
// open-mercato/cezar#145, typedef-ai/fenic#386: JSON in fences of every kind.
test.each<[string, object]>([
  [`${fence}json\n{"verdict":"ok"}\n${fence}${" ".repeat(20)}\n\n`, { verdict: "ok" }],
  [`${fence}\n{"verdict":"ok"}\n${fence}`, { verdict: "ok" }],
  [`${fence}JSON\n{"verdict":"ok"}\n${fence}`, { verdict: "ok" }],
  [`${fence}javascript\n{"verdict":"ok"}\n${fence}\nThat is all.`, { verdict: "ok" }],
  [
    `{"verdict":"ok","note":"${fence}json\\n{\\"a\\":1}\\n${fence}"}`,
    { verdict: "ok", note: `${fence}json\n{"a":1}\n${fence}` },
  ],
  [`{"verdict":"${fence}x${fence}"}`, { verdict: `${fence}x${fence}` }],
])("JSON in %j is read", async (text, expected) => {
  for (const size of [1, 5, 1_000]) expect(await object(saying(text, size), schema, "?").object).toEqual(expected);
});

// misospace/pr-reviewer-action#449: line ends within a string of JSON.
test("JSON with line ends within its texts is mended where that is asked for", async () => {
  const text = `${fence}json\n{"verdict":"one\ntwo"}\n${fence}`;
  await expect(object(saying(text), schema, "?").object).rejects.toMatchObject({ code: "invalid-output" });
});

// colinhacks/zod#4254, #5675, modelcontextprotocol/typescript-sdk#1082, 567-labs/instructor-js#194: schemas that refer to themselves.
test("a schema that refers to itself is a tool's", () => {
  const node: z.ZodType = z.lazy(() => z.object({ children: z.array(node) }));
  expect(tool({ name: "x", input: z.object({ root: node }) }).definition.inputSchema).toMatchObject({ type: "object" });
});

test("a schema that holds itself is refused in words", () => {
  const circular: { type: string; properties: Record<string, unknown> } = { type: "object", properties: {} };
  circular.properties.self = circular;
  expect(() => tool({ name: "x", input: circular as never })).toThrow(expect.objectContaining({ name: "SluiceError" }));
});

test("a reference to a place within the schema is a tool's, and one to nowhere is refused or left", () => {
  const place = {
    type: "object",
    properties: { a: { type: "object", properties: { id: { type: "string" } } }, b: { $ref: "#/properties/a" } },
  };
  expect(JSON.stringify(tool({ name: "x", input: place }).definition.inputSchema)).toContain('"id"');
});
