import type { Loss } from "../dialect.js";

/** What this protocol cannot carry. */
export const losses: readonly Loss[] = [
  { what: "the id of an answer", why: "Ollama gives none; the reader makes one" },
  { what: "which content block a delta belongs to (`block`)", why: "a message has one text and one train of thought" },
  { what: "the order of thinking, text, images and calls within a whole message", why: "each has a field of its own" },
  { what: "arguments of calls as they are written", why: "a call comes whole" },
  { what: "arguments that are no JSON object", why: "they stand inside one, as `INVALID_JSON`" },
  { what: "whether text declines to answer (`refusal`)", why: "there is only text" },
  { what: "tools that the provider ran, and results of tools", why: "an answer holds only calls that the client runs" },
  { what: "sources", why: "the protocol has none" },
  { what: "files that are not images", why: "the protocol has only images" },
  {
    what: "steps, streams inside (`nested`), requests for input, context ids, data events and opaque state",
    why: "an answer is one message; one that waits for somebody ends as `stop`",
  },
  { what: "sentences and sound", why: "the protocol has text and images" },
  { what: "retractions after something was emitted", why: "a client cannot un-say it; the answer ends with an error" },
  { what: "finish reasons but for `stop`, `length` and `tool-calls`", why: "written as `stop`, or as `length`" },
  { what: "reasoning tokens, tokens written to a cache", why: "Ollama counts what it read and what it wrote" },
  { what: "`isError` of a tool result, the place of images in a user's text", why: "a message has one text" },
  { what: "the name and description of a response format, `strict`, cache hints", why: "there is only a schema" },
  { what: "the kind of an error in mid-stream", why: "it is a message and nothing else" },
  { what: "the provider's own usage object (`usage.raw`)", why: "it is written in this protocol's counts" },
  { what: "results that are not the last of their call (`preliminary`)", why: "a result is written once" },
];
