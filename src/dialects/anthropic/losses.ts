import type { Loss } from "../dialect.js";

/** What this protocol cannot carry. Provider state of other dialects it can: see `../carried.ts`. */
export const losses: readonly Loss[] = [
  { what: "whether text declines to answer (`refusal`)", why: "only the stop reason says so" },
  {
    what: "`content-filter`, `budget` and `other` as finish reasons",
    why: "written as `refusal`, `max_tokens`, `end_turn`",
  },
  { what: "files that the model made, the order of what is around them", why: "an answer has no place for them" },
  {
    what: "requests for input, streams inside (`nested`) and context ids",
    why: "the protocol has no such events; an answer that waits for somebody ends as `end_turn`, or with calls as `tool_use`",
  },
  { what: "sentences and sound", why: "an answer is text" },
  { what: "data events without state, but for those of Anthropic itself", why: "an answer holds content only" },
  { what: "steps, and usage of each", why: "an answer is one message" },
  { what: "results of the client's own tools", why: "the client runs these and knows their results" },
  {
    what: "output of other providers' tools that is not text and has no state",
    why: "it is written as the text of an MCP result",
  },
  { what: "retractions after the first block", why: "a client cannot un-say it; the answer ends with an error" },
  {
    what: "state of other dialects on a tool call whose arguments were streamed, for Sluice's own reader",
    why: "it is known only after the call, which was complete; other clients bring it back",
  },
  {
    what: "details of a cited document beside its name, title and quote; its state; the span of a citation",
    why: "a citation of Anthropic's points into documents that the client sent, and spans its block",
  },
  { what: "token counts that are not known", why: "written as 0" },
  { what: "the name and description of a response format", why: "there is only a schema" },
  { what: "the provider's own usage object (`usage.raw`)", why: "it is written in this protocol's counts" },
  { what: "results that are not the last of their call (`preliminary`)", why: "a result is written once" },
  { what: "arguments of calls that run elsewhere, piece by piece", why: "not every client puts those together" },
];
