import type { Loss } from "../dialect.js";

/** What this protocol cannot carry. Provider state of other dialects it can: see `signatures.ts`. */
export const losses: readonly Loss[] = [
  {
    what: "arguments of a call, piece by piece",
    why: "clients of the Gemini API take calls whole; Vertex alone streams",
  },
  { what: "arguments that are no JSON object", why: "they stand inside one, as `INVALID_JSON`" },
  { what: "whether text declines to answer (`refusal`)", why: "only the finish reason says so" },
  { what: "`refusal` and `budget` as finish reasons", why: "written as `SAFETY` and `MAX_TOKENS`" },
  {
    what: "where in the text a source stands; state of sources of other dialects",
    why: "all of them stand in the last chunk, with their spans",
  },
  {
    what: "details of a cited document beside its name, address, title and quote; the quote of a web page",
    why: "`groundingMetadata` has no place for them",
  },
  {
    what: "requests for input, streams inside (`nested`) and context ids",
    why: "the protocol has no such events; an answer that waits for somebody ends as `STOP`",
  },
  { what: "sentences, and sound in pieces", why: "an answer has whole files" },
  { what: "data events without state, but for those of Gemini itself", why: "an answer holds content only" },
  { what: "steps, and usage of each", why: "an answer is one content" },
  { what: "results of the client's own tools", why: "the client runs these and knows their results" },
  { what: "retractions after the first part", why: "a client cannot un-say it; the answer ends with an error" },
  { what: "tokens written to a cache", why: "Gemini's usage has no such count" },
  {
    what: "the name and description of a response format, and file names",
    why: "the Gemini API has no place for them",
  },
  { what: "the provider's own usage object (`usage.raw`)", why: "it is written in this protocol's counts" },
  { what: "results that are not the last of their call (`preliminary`)", why: "a result is written once" },
  {
    what: "blocks that follow one another with nothing between them, and spans within them",
    why: "a text goes on until something else comes",
  },
];
