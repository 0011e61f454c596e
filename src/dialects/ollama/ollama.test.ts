import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { toolInput, trickyText } from "../../../test/laws/arbitrary-answer.js";
import { joinedTurns, leadsToSomething } from "../../../test/laws/arbitrary-request.js";
import { dialectLaws } from "../../../test/laws/dialect-laws.js";
import type { ChatRequest, ToolDefinition } from "../../stream/chat-request.js";
import type { AssistantPart, ChatMessage, FilePart } from "../../stream/message.js";
import { ollama, ollamaGenerate } from "./ollama.js";

for (const dialect of [ollama, ollamaGenerate]) {
  dialectLaws(dialect, {
    carries: { reasoning: true, toolCalls: true, reasons: ["stop", "length"] },
    context: { model: "model-1", request: { messages: [{ role: "user", content: "Hi" }] }, created: 1_700_000_000 },
    lacks: { id: true, streamedInput: true, ...(dialect === ollamaGenerate && { conversations: true }) },
  });
}

const PNG = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

const image: fc.Arbitrary<FilePart> = fc
  .uint8Array({ maxLength: 9 })
  .map((bytes) => ({ type: "file", mediaType: "image/png", data: Uint8Array.from([...PNG, ...bytes]) }));

const said: fc.Arbitrary<ChatMessage> = fc.oneof(
  trickyText.map((content): ChatMessage => ({ role: "user", content })),
  fc
    .record({ text: trickyText, images: fc.array(image, { minLength: 1, maxLength: 2 }) })
    .map(({ text, images }): ChatMessage => ({ role: "user", content: [{ type: "text", text }, ...images] })),
);

/** A user's turn, and the model's: words, or thoughts, calls and their results. */
const turn: fc.Arbitrary<ChatMessage[]> = fc
  .record({
    said,
    thought: fc.option(trickyText, { nil: undefined }),
    text: trickyText,
    calls: fc.array(fc.record({ input: toolInput, output: trickyText }), { maxLength: 2 }),
  })
  .map(({ said, thought, text, calls }): ChatMessage[] => {
    if (thought === undefined && calls.length === 0) return [said, { role: "assistant", content: text }];
    const content: AssistantPart[] = [
      ...(thought === undefined ? [] : [{ type: "reasoning" as const, text: thought }]),
      { type: "text", text },
      ...calls.map(({ input }, index) => ({ type: "tool-call" as const, callId: `c${index}`, name: "f", input })),
    ];
    const results = calls.map(({ output }, index) => ({
      type: "tool-result" as const,
      callId: `c${index}`,
      name: "f",
      output,
    }));
    return [
      said,
      { role: "assistant", content },
      ...(results.length > 0 ? [{ role: "tool" as const, content: results }] : []),
    ];
  });

const options = fc.record(
  {
    temperature: fc.constantFrom(0, 0.7, 2),
    topP: fc.constant(0.9),
    topK: fc.constant(40),
    maxTokens: fc.integer({ min: 1 }),
    stop: fc.constant<string[]>(["END"]),
    seed: fc.nat(),
    presencePenalty: fc.constant(1),
    frequencyPenalty: fc.constant(-1),
    reasoning: fc.constantFrom(
      {},
      { effort: "none" as const },
      { effort: "low" as const },
      { effort: "high" as const },
    ),
    responseFormat: fc.constantFrom(
      { type: "json" as const },
      { type: "json-schema" as const, name: "response", schema: { type: "object" } },
    ),
    providerOptions: fc.constant({ ollama: { keep_alive: "5m", options: { num_ctx: 4_096 } } }),
  },
  { requiredKeys: [] },
);

const system = trickyText.map((content): ChatMessage => ({ role: "system", content }));
const tools = fc.constant<ToolDefinition[]>([{ name: "f", description: "d", inputSchema: { type: "object" } }]);

const conversation: fc.Arbitrary<ChatRequest> = fc
  .record({
    system,
    turns: fc.array(turn, { maxLength: 3 }),
    last: said,
    options,
    tools: fc.option(tools, { nil: undefined }),
  })
  .map(({ system, turns, last, options, tools }) => ({
    messages: [system, ...joinedTurns(turns), last],
    ...options,
    ...(tools !== undefined && { tools }),
  }));

const prompt: fc.Arbitrary<ChatRequest> = fc
  .record({ system, said, options })
  .map(({ system, said, options }) => ({ messages: [system, said], ...options }));

describe.each([
  [ollama, conversation],
  [ollamaGenerate, prompt],
])("a request in the dialect $name", (dialect, request) => {
  test("is read as it was written", () =>
    fc.assert(
      fc.property(request, fc.boolean(), (asked, stream) => {
        fc.pre(asked.messages.every(leadsToSomething));
        const { body, warnings } = dialect.writeRequest(asked, { model: "m", stream });
        expect(warnings).toEqual([]);
        expect(dialect.readRequest(JSON.parse(JSON.stringify(body)))).toEqual({ model: "m", stream, request: asked });
      }),
    ));
});
