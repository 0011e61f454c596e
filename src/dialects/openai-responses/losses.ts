import type { Loss } from "../dialect.js";

/** What this protocol cannot carry. Provider state of other dialects it can: see `../carried.ts`. */
export const losses: readonly Loss[] = [
  {
    what: "`pause`, `budget` and `other` as finish reasons",
    why: "written as completed, or as incomplete for its tokens",
  },
  {
    what: "that a count of cached or reasoning tokens is not known",
    why: "written as 0: its schema requires both, and Codex refuses an answer without them",
  },
  { what: "files that are not images", why: "an answer has no place for them" },
  {
    what: "requests for input, but for approvals of MCP tools; streams inside (`nested`)",
    why: "the protocol has no such items; a response that waits for somebody is completed",
  },
  { what: "sentences and sound", why: "a response's items are text and images" },
  { what: "context ids and data events without state", why: "a response holds items only" },
  { what: "steps, and usage of each", why: "a response is one answer" },
  { what: "results of the client's own tools", why: "the client runs these and knows their results" },
  { what: "`isError` of a tool result", why: "an output is plain text" },
  {
    what: "output of other providers' tools that is not text and has no state",
    why: "it is written as the text of an MCP call; where there is state, what a client brings back is what it was",
  },
  { what: "retractions after the first item", why: "a client cannot un-say it; the answer ends with an error" },
  {
    what: "state of other dialects on a tool call, for Sluice's own reader",
    why: "it follows the call, which was complete; other clients bring it back",
  },
  {
    what: "state of sources of other dialects, whether a source with an address is a document",
    why: "an annotation has an address or a file",
  },
  { what: "`stop`, `seed`, `topK`, penalties and a reasoning budget", why: "the request has no such fields" },
  { what: "`previous_response_id`, `conversation` and item references", why: "earlier answers are not kept here" },
  { what: "the provider's own usage object (`usage.raw`)", why: "it is written in this protocol's counts" },
  { what: "results that are not the last of their call (`preliminary`)", why: "a result is written once" },
  {
    what: "arguments of calls that run elsewhere, piece by piece; the order of calls and results within one another",
    why: "an MCP call is one item with its result; a client's history has them in their order",
  },
];
