import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { toolInput, trickyText } from "../../../test/laws/arbitrary-answer.js";
import { joinedTurns, leadsToSomething } from "../../../test/laws/arbitrary-request.js";
import { dialectLaws } from "../../../test/laws/dialect-laws.js";
import type { JsonObject, JsonValue } from "../../base/json.js";
import type { ChatRequest, ReasoningOptions, ResponseFormat } from "../../stream/chat-request.js";
import type { AssistantPart, ChatMessage, FilePart, TextPart } from "../../stream/message.js";
import { gemini } from "./gemini.js";

dialectLaws(gemini, {
  carries: { reasoning: true, toolCalls: true, reasons: ["stop", "length", "content-filter", "pause", "other"] },
  lacks: { streamedInput: true },
});

const MODEL = "gemini-3-flash-preview";
const own = (data: JsonObject) => ({ dialect: "gemini", data });

const textPart: fc.Arbitrary<TextPart> = trickyText.map((text) => ({ type: "text", text }));
const bytes = fc.uint8Array({ minLength: 1, maxLength: 20 });
const filePart: fc.Arbitrary<FilePart> = fc.oneof(
  bytes.map((data) => ({ type: "file" as const, mediaType: "image/png", data, detail: "low" as const })),
  bytes.map((data) => ({ type: "file" as const, mediaType: "application/pdf", data })),
  bytes.map((data) => ({
    type: "file" as const,
    mediaType: "audio/wav",
    data,
    opaque: own({ inlineData: { displayName: "a.wav" } }),
  })),
  fc.constant({
    type: "file" as const,
    mediaType: "video/mp4",
    data: { url: "https://example.com/a.mp4" },
    opaque: own({ videoMetadata: { fps: 2 } }),
  }),
  fc.constant({ type: "file" as const, mediaType: "video/mp4", data: { id: "files/abc" } }),
  fc.constant({ type: "file" as const, mediaType: "image/jpeg", data: { url: "gs://bucket/a.jpg" } }),
);
const userContent = fc.oneof(
  trickyText,
  fc
    .array(fc.oneof(textPart, filePart), { minLength: 1, maxLength: 3 })
    .filter(([first, ...more]) => first?.type === "file" || more.length > 0),
);

const assistantParts: fc.Arbitrary<AssistantPart[]> = fc.oneof(
  textPart.map((part): AssistantPart[] => [part]),
  trickyText.map((text): AssistantPart[] => [{ type: "text", text, opaque: own({ thoughtSignature: "c2ln" }) }]),
  fc.constant<AssistantPart[]>([{ type: "text", text: "", opaque: own({ thoughtSignature: "c2ln" }) }]),
  trickyText.map((text): AssistantPart[] => [{ type: "reasoning", text }]),
  trickyText.map((text): AssistantPart[] => [{ type: "reasoning", text, opaque: own({ thoughtSignature: "dGg=" }) }]),
  fc.constant<AssistantPart[]>([
    {
      type: "tool-call",
      callId: "code-1",
      name: "code_execution",
      input: { language: "PYTHON", code: "print(1)" },
      providerExecuted: true,
      opaque: own({ executableCode: {}, thoughtSignature: "Y29kZQ==" }),
    },
    {
      type: "tool-result",
      callId: "code-1",
      name: "code_execution",
      output: { outcome: "OUTCOME_FAILED", output: "1\n" },
      isError: true,
      providerExecuted: true,
      opaque: own({ codeExecutionResult: {} }),
    },
  ]),
  toolInput.map((input): AssistantPart[] => [
    {
      type: "tool-call",
      callId: "search-1",
      name: "GOOGLE_SEARCH_WEB",
      input,
      providerExecuted: true,
      opaque: own({ toolCall: {} }),
    },
    {
      type: "tool-result",
      callId: "search-1",
      name: "GOOGLE_SEARCH_WEB",
      output: { found: [1] },
      providerExecuted: true,
      opaque: own({ toolResponse: {} }),
    },
  ]),
  bytes.map((data): AssistantPart[] => [
    { type: "file", mediaType: "image/png", data, opaque: own({ thoughtSignature: "aW1n" }) },
  ]),
  fc.constant<AssistantPart[]>([{ type: "opaque", name: "provider/later", opaque: own({ later: { a: [1] } }) }]),
);

const output: fc.Arbitrary<JsonValue> = fc.oneof(
  trickyText,
  toolInput,
  fc.constantFrom<JsonValue>(7, null, [1, 2], { output: 1 }, { error: "no error" }, {}),
  fc.constant<JsonValue>([
    { type: "text", text: "seen" },
    { type: "image", data: "aGk=", mimeType: "image/png" },
    { type: "text", text: "heard" },
    { type: "audio", data: "aGk=", mimeType: "audio/wav" },
  ]),
);

/** Whether a part does not go on with the one before: such parts are one. */
function isApart(part: AssistantPart, index: number, parts: readonly AssistantPart[]): boolean {
  const before = parts[index - 1];
  if (part.type !== "text" && part.type !== "reasoning") return true;
  return before?.type !== part.type || part.opaque !== undefined || before.opaque !== undefined;
}

/** A user's turn, and what the model made of it: words, or calls and their results. */
const turn: fc.Arbitrary<ChatMessage[]> = fc
  .record({
    content: userContent,
    answer: fc.array(assistantParts, { minLength: 1, maxLength: 3 }).map((parts) => parts.flat().filter(isApart)),
    calls: fc.array(fc.record({ input: toolInput, output, isError: fc.boolean() }), { maxLength: 3 }),
    signed: fc.boolean(),
  })
  .map(({ content, answer, calls, signed }): ChatMessage[] => {
    const user: ChatMessage = { role: "user", content };
    const [only, ...more] = answer;
    const plain = only?.type === "text" && only.opaque === undefined && more.length === 0;
    if (calls.length === 0) return [user, { role: "assistant", content: plain ? only.text : answer }];
    const parts = calls.map(
      ({ input }, index): AssistantPart => ({
        type: "tool-call",
        callId: `c${index}`,
        name: `f${index % 2}`,
        input,
        ...(signed && index === 0 && { opaque: own({ thoughtSignature: "Y2FsbA==" }) }),
      }),
    );
    const results = calls.map((call, index) => ({
      type: "tool-result" as const,
      callId: `c${index}`,
      name: `f${index % 2}`,
      output: call.output,
      ...(call.isError && { isError: true as const }),
    }));
    return [
      user,
      { role: "assistant", content: [...answer, ...parts] },
      { role: "tool", content: results },
      { role: "assistant", content: "So." },
    ];
  });

const system: fc.Arbitrary<ChatMessage[]> = fc.oneof(
  fc.constant<ChatMessage[]>([]),
  trickyText.map((content): ChatMessage[] => [{ role: "system", content }]),
  fc.tuple(textPart, textPart).map((content): ChatMessage[] => [{ role: "system", content }]),
);

const reasoning: fc.Arbitrary<ReasoningOptions> = fc
  .oneof(
    fc.record(
      { effort: fc.constantFrom("minimal", "low", "medium", "high"), summary: fc.constantFrom("auto", "none") },
      { requiredKeys: [] },
    ),
    fc.record({ budgetTokens: fc.integer({ min: 1, max: 24_000 }) }),
  )
  .filter((options) => Object.keys(options).length > 0);

const request: fc.Arbitrary<ChatRequest> = fc
  .record({
    system,
    turns: fc.array(turn, { maxLength: 3 }),
    last: userContent,
    options: fc.record(
      {
        temperature: fc.constantFrom(0, 0.7, 2),
        topP: fc.constantFrom(0.95, 1),
        topK: fc.constant(40),
        maxTokens: fc.constant(2_000),
        seed: fc.constant(7),
        presencePenalty: fc.constant(0.5),
        frequencyPenalty: fc.constant(-0.5),
        stop: fc.constant<string[]>(["END", "###"]),
        reasoning,
        responseFormat: fc.constantFrom<ResponseFormat[]>(
          { type: "json" as const },
          {
            type: "json-schema" as const,
            name: "response",
            schema: { type: "object", properties: { a_b: { type: ["string", "null"] } }, additionalProperties: false },
          },
        ),
        providerOptions: fc.constant<NonNullable<ChatRequest["providerOptions"]>>({
          gemini: {
            safetySettings: [{ category: "HARM_CATEGORY_HARASSMENT", threshold: "BLOCK_NONE" }],
            cachedContent: "cachedContents/1",
            generationConfig: { responseModalities: ["TEXT", "IMAGE"], speechConfig: { languageCode: "de" } },
          },
        }),
      },
      { requiredKeys: [] },
    ),
    tools: fc.option(
      fc.record(
        { toolChoice: fc.constantFrom("auto" as const, "required" as const, "none" as const, { name: "f0" }) },
        { requiredKeys: [] },
      ),
    ),
    strict: fc.boolean(),
  })
  .map(({ system, turns, last, options, tools, strict }) => ({
    messages: [...system, ...joinedTurns(turns), { role: "user" as const, content: last }],
    ...options,
    ...(tools !== null && {
      ...tools,
      tools: [
        {
          name: "f0",
          description: "d",
          inputSchema: { type: "object", properties: { some_where: { type: "string" } } },
          ...(strict && tools.toolChoice === "auto" && { strict }),
        },
        { dialect: "gemini", type: "googleSearch", args: { timeRangeFilter: { startTime: "2026-01-01T00:00:00Z" } } },
        { dialect: "gemini", type: "codeExecution" },
      ],
    }),
  }));

describe("a request for an answer", () => {
  test("is read as it was written", () =>
    fc.assert(
      fc.property(request, fc.boolean(), (asked, stream) => {
        fc.pre(asked.messages.every(leadsToSomething));
        const { body, path, warnings } = gemini.writeRequest(asked, { model: MODEL, stream });
        expect(warnings).toEqual([]);
        const [, model = "", method = ""] = /^\/models\/([^:]+):(\w+)/.exec(path) ?? [];
        const read = gemini.readRequest(JSON.parse(JSON.stringify(body)), { model, method });
        expect(read).toEqual({ model: MODEL, stream, request: asked });
      }),
    ));
});
