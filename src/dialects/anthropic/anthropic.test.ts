import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { toolInput, trickyText } from "../../../test/laws/arbitrary-answer.js";
import { hasDistinctCalls, leadsToSomething } from "../../../test/laws/arbitrary-request.js";
import { dialectLaws } from "../../../test/laws/dialect-laws.js";
import type { JsonObject, JsonValue } from "../../base/json.js";
import type { ChatRequest, ReasoningOptions } from "../../stream/chat-request.js";
import type { AssistantPart, ChatMessage, FilePart, TextPart } from "../../stream/message.js";
import { anthropic } from "./anthropic.js";
import { readCitation } from "./citations.js";

dialectLaws(anthropic, {
  carries: { reasoning: true, toolCalls: true, sources: true, reasons: ["stop", "length", "refusal", "pause"] },
});

const TARGET = { model: "claude-opus-4-6", stream: true };
const own = (data: JsonObject) => ({ dialect: "anthropic", data });

const said = trickyText.map((text) => (text.trim() === "" ? `${text}.` : text));
const textPart: fc.Arbitrary<TextPart> = said.map((text) => ({ type: "text", text }));
const bytes = fc.uint8Array({ minLength: 1, maxLength: 20 });
const filePart: fc.Arbitrary<FilePart> = fc.oneof(
  bytes.map((data) => ({ type: "file" as const, mediaType: "image/png", data })),
  fc.constant({ type: "file" as const, mediaType: "image/*", data: { url: "https://example.com/a.png" } }),
  bytes.map((data) => ({ type: "file" as const, mediaType: "application/pdf", data, filename: "a.pdf" })),
  fc.constant({
    type: "file" as const,
    mediaType: "application/pdf",
    data: { url: "https://example.com/a.pdf" },
    opaque: own({ citations: { enabled: true } }),
  }),
  fc.constant({ type: "file" as const, mediaType: "text/plain", data: new TextEncoder().encode("text") }),
  fc.constant({ type: "file" as const, mediaType: "image/*", data: { id: "file_1" } }),
  fc.constant({ type: "file" as const, mediaType: "application/octet-stream", data: { id: "file_2" } }),
);
const userContent = fc.oneof(said, fc.array(fc.oneof(textPart, filePart), { minLength: 1, maxLength: 3 }));

const assistantParts: fc.Arbitrary<AssistantPart[]> = fc.oneof(
  textPart.map((part): AssistantPart[] => [part]),
  said.map((text): AssistantPart[] => {
    const citation = {
      type: "web_search_result_location",
      cited_text: "c",
      url: "https://a.b/",
      title: "t",
      encrypted_index: "x",
    };
    return [
      { type: "text", text },
      { type: "source", source: readCitation(citation, text.length) },
    ];
  }),
  said.map((text): AssistantPart[] => [
    { type: "reasoning", text, opaque: own({ type: "thinking", signature: "c2ln" }) },
  ]),
  fc.constant<AssistantPart[]>([
    { type: "reasoning", text: "", opaque: own({ type: "redacted_thinking", data: "cmVk" }) },
  ]),
  toolInput.map((input): AssistantPart[] => [
    {
      type: "tool-call",
      callId: "srv_1",
      name: "web_search",
      input,
      providerExecuted: true,
      opaque: own({ type: "server_tool_use" }),
    },
    {
      type: "tool-result",
      callId: "srv_1",
      name: "web_search",
      output: [{ type: "web_search_result", url: "u" }],
      providerExecuted: true,
      opaque: own({ type: "web_search_tool_result" }),
    },
  ]),
  fc.constant<AssistantPart[]>([
    { type: "opaque", name: "provider/compaction", opaque: own({ type: "compaction", content: "short" }) },
  ]),
);

const output: fc.Arbitrary<JsonValue> = fc.oneof(
  said,
  fc.constant<JsonValue>([
    { type: "text", text: "seen" },
    { type: "image", data: "aGk=", mimeType: "image/png" },
  ]),
);

/** A tool that failed says why, in words. */
const returned = fc.oneof(
  output.map((value) => ({ output: value })),
  said.filter((why) => why.trim() !== "").map((why) => ({ output: why, isError: true as const })),
);

/** A user's turn, and what the model made of it: words, or calls and their results. */
const turn: fc.Arbitrary<ChatMessage[]> = fc
  .record({
    content: userContent,
    answer: fc.oneof(
      said,
      fc.array(assistantParts, { minLength: 1, maxLength: 3 }).map((parts) => parts.flat()),
    ),
    calls: fc.array(fc.record({ input: toolInput, returned }), { maxLength: 2 }),
  })
  .map(({ content, answer, calls }): ChatMessage[] => {
    const user: ChatMessage = { role: "user", content };
    if (calls.length === 0 || typeof answer === "string") return [user, { role: "assistant", content: answer }];
    const parts = calls.map(
      ({ input }, index): AssistantPart => ({ type: "tool-call", callId: `c${index}`, name: "f", input }),
    );
    const results = calls.map((call, index) => ({
      type: "tool-result" as const,
      callId: `c${index}`,
      name: "f",
      ...call.returned,
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
  said.map((content): ChatMessage[] => [{ role: "system", content }]),
  textPart.map((part): ChatMessage[] => [{ role: "system", content: [{ ...part, cache: "1h" }] }]),
);

const reasoning: fc.Arbitrary<ReasoningOptions> = fc.oneof(
  fc.constant({ effort: "none" as const }),
  fc.record(
    { effort: fc.constantFrom("low", "medium", "high", "max"), summary: fc.constantFrom("auto", "none") },
    { requiredKeys: ["effort"] },
  ),
  fc.record({ budgetTokens: fc.integer({ min: 1_024, max: 1_900 }) }),
);

const request: fc.Arbitrary<ChatRequest> = fc
  .record({
    system,
    turns: fc.array(turn, { maxLength: 3 }),
    last: userContent,
    options: fc.record(
      {
        topP: fc.constantFrom(0.95, 1),
        stop: fc.constant<string[]>(["END", "###"]),
        reasoning,
        user: fc.constant("u1"),
        responseFormat: fc.constant({
          type: "json-schema" as const,
          name: "response",
          schema: { type: "object", properties: { a: { type: "string" } }, additionalProperties: false },
        }),
        providerOptions: fc.constant({ anthropic: { service_tier: "auto", container: "box_1" } }),
      },
      { requiredKeys: [] },
    ),
    tools: fc.option(
      fc.record({
        toolChoice: fc.constantFrom("auto" as const, "required" as const, { name: "f" }),
        parallelToolCalls: fc.boolean(),
      }),
    ),
  })
  .map(({ system, turns, last, options, tools }) => ({
    messages: [...system, ...turns.flat(), { role: "user" as const, content: last }],
    maxTokens: 2_000,
    ...options,
    ...(tools !== null && {
      ...tools,
      tools: [
        { name: "f", description: "d", inputSchema: { type: "object" }, strict: true, cache: "5m" as const },
        { dialect: "anthropic", type: "web_search_20250305", name: "web_search", args: { max_uses: 3 } },
      ],
    }),
  }));

describe("a request for a message", () => {
  test("is read as it was written", () =>
    fc.assert(
      fc.property(request, (asked) => {
        fc.pre(asked.messages.every(leadsToSomething) && hasDistinctCalls(asked.messages));
        // A forced tool and thinking exclude each other.
        const { toolChoice, reasoning } = asked as ChatRequest;
        fc.pre(
          toolChoice === undefined || toolChoice === "auto" || reasoning === undefined || reasoning.effort === "none",
        );
        const { body, warnings } = anthropic.writeRequest(asked, TARGET);
        expect(warnings).toEqual([]);
        const read = anthropic.readRequest(JSON.parse(JSON.stringify(body)));
        expect(read).toEqual({ model: TARGET.model, stream: true, request: asked });
      }),
    ));
});
