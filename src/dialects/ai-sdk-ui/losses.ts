import type { Loss } from "../dialect.js";

/** What the protocol cannot carry. */
export const losses: readonly Loss[] = [
  {
    what: "retractions after the first part",
    why: "versions 5 and 6 of the client cannot un-say it; the answer ends with an error",
  },
  {
    what: "the state of a source; sources in a history",
    why: "a source has an address and a title, and is for people; quote and span stand in its metadata",
  },
  { what: "what a file's part must bring back (`opaque`)", why: "a file's part has no metadata in version 5" },
  { what: "usage before the end, and of each step", why: "the message's metadata has the total" },
  { what: "a request's `stop`, `seed` and penalties", why: "the client sends messages; a server decides the rest" },
  { what: "the provider's own usage object (`usage.raw`)", why: "it is written in this protocol's counts" },
];
