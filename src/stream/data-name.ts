/**
 * What `data` events are called: a prefix for the folder that emits them, and a name. Nothing in Sluice reacts to a name that
 * an application could have chosen, since those begin with `app/`.
 */
export type DataName =
  /** A conversation left messages out of a request, or summed them up. */
  | "chat/window"
  /** Another model answers in place of one that failed. */
  | "fallback/model"
  /** A guard blocked, replaced or counted something. */
  | "guard/verdict"
  /** A budget is spent. */
  | "guard/budget"
  /** Warnings of a model call that was not the first of its stream. */
  | "tool/warnings"
  /** The inner history of a tool call that waits for input: what resuming it needs. */
  | "tool/suspended"
  /** What a provider says that has no event of its own. */
  | `provider/${string}`
  /** What happens in an agent beside its answer. */
  | `agent/${string}`
  /** What happens in a workflow beside its steps' answers. */
  | `workflow/${string}`
  /** What happens while an answer is spoken. */
  | `speech/${string}`
  /** What a server says of itself. */
  | `server/${string}`
  /** What an application emits. */
  | `app/${string}`;

const PREFIXES = [
  "chat/",
  "fallback/",
  "guard/",
  "tool/",
  "provider/",
  "agent/",
  "workflow/",
  "speech/",
  "server/",
  "app/",
];

/** Whether a text has the form of a `data` event's name. */
export function isDataName(name: string): name is DataName {
  return PREFIXES.some((prefix) => name.startsWith(prefix) && name.length > prefix.length);
}

/** The name of a `data` event for something that a provider calls `name`. */
export function providerData(name: string): DataName {
  return `provider/${name}`;
}

/** A name that came over a wire: as it is, or as a provider's. */
export function dataNameOf(name: string): DataName {
  return isDataName(name) ? name : providerData(name);
}

/** What a provider calls it, for names that `providerData` made. */
export function providerWord(name: DataName): string | undefined {
  return name.startsWith("provider/") ? name.slice("provider/".length) : undefined;
}
