import fc from "fast-check";
import type { ChatRequest } from "../../src/stream/chat-request.js";
import type { AssistantPart, ChatMessage, FilePart, TextPart } from "../../src/stream/message.js";
import { toolInput, trickyText } from "./arbitrary-answer.js";

const text: fc.Arbitrary<TextPart> = trickyText.map((said) => ({ type: "text", text: said }));

const image: fc.Arbitrary<FilePart> = fc.oneof(
  fc
    .uint8Array({ minLength: 1, maxLength: 20 })
    .map((data): FilePart => ({ type: "file", mediaType: "image/png", data })),
  fc.webUrl().map((url): FilePart => ({ type: "file", mediaType: "image/*", data: { url } })),
);

const user: fc.Arbitrary<ChatMessage> = fc.oneof(
  trickyText.map((content): ChatMessage => ({ role: "user", content })),
  fc
    .array(fc.oneof(text, image), { minLength: 1, maxLength: 3 })
    .map((content): ChatMessage => ({ role: "user", content })),
);

/** An answer with tool calls, and their results. */
const calls: fc.Arbitrary<ChatMessage[]> = fc
  .record({
    said: fc.option(text, { nil: undefined }),
    inputs: fc.array(toolInput, { minLength: 1, maxLength: 3 }),
    output: trickyText,
  })
  .map(({ said, inputs, output }) => {
    const parts = inputs.map(
      (input, index): AssistantPart => ({ type: "tool-call", callId: `call-${index}`, name: "look", input }),
    );
    return [
      { role: "assistant", content: said === undefined ? parts : [said, ...parts] },
      {
        role: "tool",
        content: inputs.map((_, index) => ({ type: "tool-result", callId: `call-${index}`, name: "look", output })),
      },
    ];
  });

/** Whether a message may be sent as it is: an answer leads to something, and ends with it. */
export function leadsToSomething({ role, content }: ChatMessage): boolean {
  if (role !== "assistant") return true;
  if (typeof content === "string") return content.trim() !== "";
  const leads = (part: AssistantPart) => part.type === "tool-call" || (part.type === "text" && part.text.trim() !== "");
  return content.findLastIndex(leads) > content.findLastIndex(({ type }) => type === "reasoning");
}

/** Whether each call of a history has an id of its own. */
export function hasDistinctCalls(messages: readonly ChatMessage[]): boolean {
  const ids = messages.flatMap(({ role, content }) =>
    role !== "assistant" || typeof content === "string"
      ? []
      : content.flatMap((part) => (part.type === "tool-call" && !part.providerExecuted ? [part.callId] : [])),
  );
  return new Set(ids).size === ids.length;
}

/** Turns one after the other; calls that run here have ids of their turn's own. */
export function joinedTurns(turns: readonly (readonly ChatMessage[])[]): ChatMessage[] {
  return turns.flatMap((messages, turn) => messages.map((message) => withIds(message, (id) => `${id}-${turn}`)));
}

function withIds(message: ChatMessage, idOf: (id: string) => string): ChatMessage {
  if (typeof message.content === "string" || message.role === "user" || message.role === "system") return message;
  const content = message.content.map((part) =>
    (part.type === "tool-call" || part.type === "tool-result") && !part.providerExecuted
      ? { ...part, callId: idOf(part.callId) }
      : part,
  );
  return { ...message, content } as ChatMessage;
}

/** Messages that make sense: instructions, then turns that begin with a user, calls always with their results. */
export const arbitraryMessages: fc.Arbitrary<ChatMessage[]> = fc
  .record({
    system: fc.option(trickyText, { nil: undefined }),
    turns: fc.array(
      fc.record({
        asked: user,
        between: fc.option(calls, { nil: [] }),
        answered: trickyText.filter((said) => said.trim() !== ""),
      }),
      { maxLength: 3 },
    ),
    last: user,
  })
  .map(({ system, turns, last }) => [
    ...(system === undefined ? [] : [{ role: "system" as const, content: system }]),
    ...joinedTurns(
      turns.map(({ asked, between, answered }) => [asked, ...between, { role: "assistant", content: answered }]),
    ),
    last,
  ]);

/** Options that all providers have. */
export const arbitraryOptions: fc.Arbitrary<Omit<ChatRequest, "messages">> = fc.record(
  {
    temperature: fc.double({ min: 0, max: 1, noNaN: true }),
    topP: fc.double({ min: 0.01, max: 1, noNaN: true }),
    maxTokens: fc.integer({ min: 1, max: 100_000 }),
    stop: fc.array(fc.string({ minLength: 1 }), { minLength: 1, maxLength: 3 }),
    tools: fc.constant([
      { name: "look", description: "Looks.", inputSchema: { type: "object", properties: { at: { type: "string" } } } },
    ]),
  },
  { requiredKeys: [] },
);
