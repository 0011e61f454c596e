import type { Loss } from "../dialect.js";

/** What the protocol cannot carry. */
export const losses: readonly Loss[] = [
  { what: "retractions after the first message", why: "a client cannot un-say it; the run ends with an error" },
  { what: "`isError` of a tool result in the stream", why: "a result is its content" },
  { what: "usage before the end, and of each step", why: "the run's end has the total" },
  {
    what: "sources, files, sound and what else has no event, in a history too",
    why: "they are `CUSTOM` events, which only some clients show",
  },
  {
    what: "options of a request but for `model` and `temperature`",
    why: "an input has messages, tools, context and state",
  },
  { what: "the provider's own usage object (`usage.raw`)", why: "it is written in this protocol's counts" },
];
