import type { Loss } from "../dialect.js";

/** What this protocol cannot carry. */
export const losses: readonly Loss[] = [
  { what: "which content block a delta belongs to (`block`)", why: "a message has one text" },
  {
    what: "calls of tools that ran elsewhere, at the provider or in a tool loop of the server, and results of tools",
    why: "a client runs every call that it is given",
  },
  {
    what: "steps, streams inside (`nested`), requests for input, context ids and data events",
    why: "an answer is one model call; one that waits for somebody ends as `stop`",
  },
  {
    what: "sentences and the sound of a voice that reads them, the format of sound in a stream and its words' marks",
    why: "`audio` is what the model speaks itself, in a stream 16-bit samples at 24,000 Hz",
  },
  { what: "retractions after the first delta", why: "a client cannot un-say it; the answer ends with an error" },
  { what: "sources without an address, documents", why: "an annotation is a `url_citation`" },
  { what: "files that are neither images nor sound", why: "the protocol has no place for them" },
  { what: "`isError` of a tool result", why: "a tool message is plain text" },
  {
    what: "`pause`, `budget`, `refusal`, `input-required` and `other` as finish reasons",
    why: "written as `stop` or `length`",
  },
  { what: "opaque state of other dialects", why: "only the provider that made it can read it" },
  { what: "usage, unless the client asks with `stream_options.include_usage`", why: "as OpenAI does" },
  { what: "the provider's own usage object (`usage.raw`)", why: "it is written in this protocol's counts" },
  { what: "results that are not the last of their call (`preliminary`)", why: "a result is written once" },
  { what: "quotes and spans of a page that is cited again", why: "each page is one annotation" },
];
