import type { Loss } from "../dialect.js";

/** What this protocol cannot carry. */
export const losses: readonly Loss[] = [
  { what: "which content block a delta belongs to (`block`)", why: "a message has one text" },
  { what: "tools that the provider ran, and results of tools", why: "an answer holds only calls that the client runs" },
  { what: "steps, approval requests, context ids and data events", why: "an answer is one model call" },
  { what: "retractions", why: "a client cannot un-say a chunk; serve a model that does not retract" },
  { what: "sources without an address, documents", why: "an annotation is a `url_citation`" },
  { what: "files that are neither images nor sound", why: "the protocol has no place for them" },
  { what: "`isError` of a tool result", why: "a tool message is plain text" },
  { what: "`pause`, `budget`, `refusal` and `other` as finish reasons", why: "said as `stop` or `length`" },
  { what: "opaque state of other dialects", why: "only the provider that made it can read it" },
  { what: "usage, unless the client asks with `stream_options.include_usage`", why: "as OpenAI does" },
];
