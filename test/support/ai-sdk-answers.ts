import { NESTED_USAGE, type V4Part } from "./ai-sdk-models.js";

export const REQUEST = { messages: [{ role: "user" as const, content: "Hello" }] };
export const END = {
  type: "finish",
  finishReason: { unified: "stop", raw: "end" },
  usage: NESTED_USAGE,
} satisfies V4Part;

/** The parts of a text, without an end. */
export const hello: V4Part[] = [
  { type: "text-start", id: "0" },
  { type: "text-delta", id: "0", delta: "Hello" },
  { type: "text-end", id: "0" },
];

/** What a promise rejects with. */
export const errorOf = (promise: PromiseLike<unknown>) =>
  promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
