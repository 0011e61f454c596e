import type { Dialect } from "../../src/dialects/dialect.js";
import type { ChatEvent } from "../../src/stream/chat-event.js";

/** Kinds of things that an answer says, each as texts of which none may be missing after a round trip. */
type Facts = Record<string, string[]>;

/** What has to stand in a dialect's `losses` where a kind of fact does not come back. */
const LISTED: Readonly<Record<string, RegExp>> = {
  id: /id of an answer/,
  blocks: /which content block|blocks that follow/,
  order: /order of|tools that the provider ran|calls of tools that ran elsewhere|results of tools/,
  textState: /opaque state/,
  reasoningState: /opaque state/,
  calls: /arguments that are no JSON object/,
  callState: /opaque state|state of other dialects on a tool call/,
  providerCalls: /tools that (the provider ran|ran elsewhere)/,
  providerCallState: /opaque state/,
  streamedInput:
    /arguments of (a call, piece by piece|calls as they are written|calls that run elsewhere)|tools that ran elsewhere/,
  results: /results of tools|output of other providers' tools/,
  resultState: /opaque state/,
  preliminary: /results that are not the last/,
  pages: /^sources|cited again/,
  documents: /^sources|documents|cited document/,
  quotes: /^sources|quotes?/,
  spans: /^sources|spans?/,
  sourceState: /^sources|state of (a )?source|its state|quotes and spans/,
  images: /^files that the model made/,
  files: /^files/,
  fileState: /opaque state|what a file's part|^files that the model made/,
  data: /data events/,
  dataState: /opaque state/,
  requests: /requests for input/,
  cacheWrite: /tokens written to a cache/,
  reasoningTokens: /reasoning tokens/,
  rawUsage: /`usage.raw`/,
  reason: /as finish reasons|finish reasons but/,
};

/**
 * What an answer said and a dialect did not bring back, though its `losses` do not list it.
 *
 * @param before what was said. @param after what was read of it.
 */
export function unlistedLosses(
  { losses }: Pick<Dialect, "losses">,
  before: readonly ChatEvent[],
  after: readonly ChatEvent[],
): string[] {
  const read = factsOf(after);
  return Object.entries(factsOf(before)).flatMap(([kind, facts]) => {
    const lost = missing(facts, read[kind] ?? []);
    const known = LISTED[kind];
    if (lost.length === 0 || losses.some(({ what }) => known?.test(what))) return [];
    return [`${kind}: ${lost.join(" ").slice(0, 200)}`];
  });
}

/** What of the first is not in the second. */
function missing(before: readonly string[], after: readonly string[]): string[] {
  const left = [...after];
  return before.filter((fact) => {
    const at = left.indexOf(fact);
    if (at !== -1) left.splice(at, 1);
    return at === -1;
  });
}

function factsOf(events: readonly ChatEvent[]): Facts {
  const of = <K extends ChatEvent["type"]>(type: K) =>
    events.filter((event): event is ChatEvent & { type: K } => event.type === type);
  const [texts, thoughts, data] = [of("text-delta"), of("reasoning-delta"), of("data")];
  const ours = of("tool-call").filter(({ providerExecuted }) => !providerExecuted);
  const theirs = of("tool-call").filter(({ providerExecuted }) => providerExecuted);
  const results = of("tool-result");
  const last = results.filter(({ preliminary }) => !preliminary);
  const sources = of("source").map(({ source }) => source);
  const images = of("file").filter(({ mediaType }) => mediaType.startsWith("image/"));
  const files = of("file").filter(({ mediaType }) => !mediaType.startsWith("image/"));
  const [start] = of("start");
  const [finish] = of("finish");
  const { inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens, reasoningTokens, raw } = finish?.usage ?? {};
  const stateIn = (said: readonly { opaque?: unknown }[]) => list(said.map(({ opaque }) => opaque));
  return {
    id: list([start?.id]),
    model: list([start?.model]),
    text: [texts.map(({ text }) => text).join("")],
    blocks: grouped(texts),
    refusal: list([texts.filter(({ refusal }) => refusal).map(({ text }) => text)].filter((said) => said.length > 0)),
    textState: stateIn(texts),
    reasoning: [thoughts.map(({ text }) => text).join("")],
    reasoningState: stateIn(thoughts),
    order: [orderOf(events)],
    calls: list(ours.map(({ callId, name, input }) => [callId, name, input])),
    callState: stateIn(ours),
    providerCalls: list(theirs.map(({ callId, name, input }) => [callId, name, input])),
    providerCallState: stateIn(theirs),
    streamedInput: list([...new Set(of("tool-input-delta").map(({ callId }) => callId))]),
    results: list(last.map(({ callId, output, isError }) => [callId, output, isError])),
    resultState: stateIn(last),
    preliminary: list(results.filter(({ preliminary }) => preliminary).map(({ callId }) => callId)),
    pages: list(sources.filter(({ kind }) => kind === "url").map(({ url, title }) => [url, title])),
    documents: list(sources.filter(({ kind }) => kind === "document").map(({ id, title }) => [id, title])),
    quotes: list(sources.map(({ quote }) => quote)),
    spans: list(sources.map(({ span }) => span)),
    sourceState: stateIn(sources),
    images: list(images.map(({ data: bytes }) => bytes.length)),
    files: list(files.map(({ data: bytes, mediaType }) => [mediaType, bytes.length])),
    fileState: stateIn(of("file")),
    data: list(data.filter(({ opaque }) => opaque === undefined).map(({ name }) => name)),
    dataState: stateIn(data),
    requests: list(of("input-request")),
    inputTokens: list([inputTokens]),
    outputTokens: list([outputTokens]),
    cacheRead: list([cacheReadTokens]),
    cacheWrite: list([cacheWriteTokens]),
    reasoningTokens: list([reasoningTokens]),
    rawUsage: list([raw]),
    reason: list([finish?.reason]),
  };
}

/** Each as text, with its fields in one order; without what is not there. */
function list(values: readonly unknown[]): string[] {
  return values.filter((value) => value !== undefined).map((value) => JSON.stringify(value, inOrder));
}

function inOrder(_: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Texts joined by block. */
function grouped(deltas: readonly { text: string; block?: number }[]): string[] {
  const blocks: string[] = [];
  let last: number | undefined | "none" = "none";
  for (const { text, block } of deltas) {
    if (text === "") continue;
    blocks.push(block === last ? (blocks.pop() ?? "") + text : text);
    last = block;
  }
  return blocks;
}

/** In which order the kinds of parts follow one another. */
function orderOf(events: readonly ChatEvent[]): string {
  const kinds = events.flatMap((event) => {
    if (event.type === "text-delta" || event.type === "reasoning-delta") return event.text === "" ? [] : [event.type];
    if (event.type === "tool-result") return event.preliminary ? [] : [event.type];
    return event.type === "tool-call" || event.type === "file" ? [event.type] : [];
  });
  return kinds.filter((kind, at) => kind !== kinds[at - 1]).join(" ");
}
