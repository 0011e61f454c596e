import fc from "fast-check";
import type { JsonValue } from "../../src/base/json.js";
import type { ChatEvent, FinishReason } from "../../src/stream/chat-event.js";

/** What a protocol can carry beside plain text; only that is generated. */
export interface Carries {
  reasoning?: boolean;
  toolCalls?: boolean;
  refusals?: boolean;
  sources?: boolean;
  reasons?: readonly FinishReason[];
}

/** Text that is easy to cut wrongly: several bytes a character, surrogate pairs, escapes, line ends, frame syntax. */
export const trickyText = fc
  .array(
    fc.oneof(
      { weight: 4, arbitrary: fc.string({ unit: "grapheme-ascii", minLength: 1, maxLength: 12 }) },
      { weight: 2, arbitrary: fc.string({ unit: "grapheme", minLength: 1, maxLength: 6 }) },
      {
        weight: 2,
        arbitrary: fc.constantFrom(
          "\n",
          "\r\n",
          "\r",
          "\n\ndata: [DONE]\n\n",
          '"',
          "\\",
          "\\u00e9",
          "\u2028",
          "\u0000",
          "👩‍👩‍👧",
          "é",
          "漢字",
          "\ufeff",
        ),
      },
    ),
    { minLength: 1, maxLength: 6 },
  )
  .map((pieces) => pieces.join(""));

/** JSON objects as models write them: arguments of tool calls. */
export const toolInput: fc.Arbitrary<JsonValue> = fc.dictionary(
  fc.stringMatching(/^[a-z]{1,8}$/),
  fc.oneof(trickyText, fc.integer(), fc.boolean(), fc.constant(null), fc.array(trickyText, { maxLength: 3 })),
  { maxKeys: 4 },
) as fc.Arbitrary<JsonValue>;

/** The events of a whole answer that keeps the laws: start, content in runs of one kind, finish with usage. */
export function arbitraryAnswer(carries: Carries = {}): fc.Arbitrary<ChatEvent[]> {
  const runs: fc.Arbitrary<ChatEvent[]>[] = [textRun({})];
  if (carries.reasoning) runs.push(reasoningRun);
  if (carries.sources) runs.push(sourceRun);
  const content = fc.array(fc.oneof(...runs), { maxLength: 5 });
  const calls: fc.Arbitrary<JsonValue[]> = carries.toolCalls ? fc.array(toolInput, { maxLength: 3 }) : fc.constant([]);
  const refusal = carries.refusals ? fc.option(textRun({ refusal: true }), { nil: [] }) : fc.constant([]);
  const reasons = carries.reasons ?? (["stop", "length"] as const);
  return fc
    .record({
      content,
      calls,
      refusal,
      reason: fc.constantFrom(...reasons),
      input: fc.nat(5_000),
      output: fc.nat(5_000),
    })
    .map(({ content: said, calls: inputs, refusal: declined, reason, input, output }) => [
      { type: "start", id: "answer-1", model: "model-1" },
      ...said.flat(),
      ...declined,
      ...inputs.flatMap(toolCall),
      {
        type: "finish",
        reason: inputs.length > 0 ? "tool-calls" : declined.length > 0 ? "refusal" : reason,
        usage: { inputTokens: input, outputTokens: output },
      },
    ]);
}

function textRun(extra: { refusal?: true }): fc.Arbitrary<ChatEvent[]> {
  return fc
    .array(trickyText, { minLength: 1, maxLength: 6 })
    .map((pieces) => pieces.map((text) => ({ type: "text-delta", text, ...extra })));
}

const reasoningRun: fc.Arbitrary<ChatEvent[]> = fc
  .array(trickyText, { minLength: 1, maxLength: 4 })
  .map((pieces) => pieces.map((text) => ({ type: "reasoning-delta", text })));

const sourceRun: fc.Arbitrary<ChatEvent[]> = fc
  .webUrl()
  .map((url) => [{ type: "source", source: { kind: "url", url, title: "A page" } }]);

function toolCall(input: JsonValue, index: number): ChatEvent[] {
  const callId = `call-${index}`;
  const name = `tool_${index}`;
  const text = JSON.stringify(input);
  const half = Math.floor(text.length / 2);
  return [
    { type: "tool-input-delta", callId, name, delta: text.slice(0, half) },
    { type: "tool-input-delta", callId, name, delta: text.slice(half) },
    { type: "tool-call", callId, name, input },
  ];
}
