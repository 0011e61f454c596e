import type { JsonObject } from "../../src/base/json.js";
import type { ChatEvent } from "../../src/stream/chat-event.js";
import { SseReader } from "../../src/stream/framing/sse-reader.js";

/** What was read of a run over the native protocol. */
export interface ReadRun {
  /** The run's id. */
  run: string;
  events: ChatEvent[];
  /** Its text deltas, joined. */
  text: string;
  /** What ended it, where something did. */
  error?: JsonObject;
  /** The number of the last event that was read. */
  last: string | undefined;
}

/** Reads a run's entries to their end, or until there is an event of a type. */
export async function readRun(response: Response, until?: string): Promise<ReadRun> {
  const run = response.headers.get("x-sluice-run") ?? "";
  const reader = new SseReader();
  const read: ReadRun = { run, events: [], text: "", last: undefined };
  for await (const bytes of response.body ?? []) {
    reader.push(bytes, ({ data, id }) => {
      const entry = JSON.parse(data) as { events?: ChatEvent[]; error?: JsonObject };
      read.events.push(...(entry.events ?? []));
      if (entry.error) read.error = entry.error;
      read.last = id;
    });
    if (until !== undefined && read.events.some(({ type }) => type === until)) break;
  }
  read.text = read.events.map((event) => (event.type === "text-delta" ? event.text : "")).join("");
  return read;
}
