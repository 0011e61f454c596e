import { isJsonObject, type JsonObject, type JsonValue } from "../base/json.js";
import type { Batch } from "./batch-source.js";
import { describe, SluiceError } from "./error.js";
import { errorFromJson, errorToJson } from "./error-json.js";
import { eventOf, stringifyEvent } from "./event-json.js";

interface Entry {
  /** The run's id. */
  run: string;
  /** The number of its first event (or of the error); events of a run are counted from 0. */
  seq: number;
  /** When it was written, in ms since the epoch. */
  at: number;
}

/** One entry of a run's log: events that arrived together, numbered from `seq` on, or the error that ended the run. */
export type Envelope = (Entry & { events: Batch }) | (Entry & { error: SluiceError });

/** The number of what comes after an entry. */
export function seqAfter(envelope: Envelope): number {
  return envelope.seq + ("events" in envelope ? envelope.events.length : 1);
}

/** Whether nothing comes after an entry: it has the `finish`, or an error. */
export function endsRun(envelope: Envelope): boolean {
  return "error" in envelope || envelope.events.at(-1)?.type === "finish";
}

/** What an entry says beyond the event with the number `after`; `undefined` where that is nothing. */
export function entryAfter(envelope: Envelope, after: number): Envelope | undefined {
  if (envelope.seq > after) return envelope;
  if (seqAfter(envelope) <= after + 1 || "error" in envelope) return undefined;
  return { ...envelope, seq: after + 1, events: envelope.events.slice(after + 1 - envelope.seq) };
}

/**
 * What an entry says to a reader that has the event with the number `after`. Whoever has seen more than was logged before a
 * writer died gets its error all the same.
 */
export function newsAfter(envelope: Envelope, after: number): Envelope | undefined {
  return "error" in envelope && envelope.seq !== after ? envelope : entryAfter(envelope, after);
}

/** An entry as JSON text on one line. */
export function stringifyEnvelope(envelope: Envelope): string {
  const head = `{"run":${JSON.stringify(envelope.run)},"seq":${envelope.seq},"at":${envelope.at}`;
  if ("error" in envelope) return `${head},"error":${JSON.stringify(errorToJson(envelope.error))}}`;
  let events = "";
  for (const event of envelope.events) events += events === "" ? stringifyEvent(event) : `,${stringifyEvent(event)}`;
  return `${head},"events":[${events}]}`;
}

/**
 * An entry from its JSON, as `stringifyEnvelope` writes it.
 *
 * @throws {SluiceError} `malformed-frame` when it is not an entry.
 */
export function envelopeOf(value: JsonValue): Envelope {
  if (!isJsonObject(value)) throw malformed("an entry of a run", value);
  const entry = { run: runOf(value), seq: countOf(value, "seq"), at: countOf(value, "at") };
  if (value.error !== undefined) return { ...entry, error: errorFromJson(value.error) };
  const { events } = value;
  if (!Array.isArray(events) || events.length === 0) throw malformed("events: an array that is not empty", events);
  return { ...entry, events: events.map(eventOf) };
}

function runOf({ run }: JsonObject): string {
  if (typeof run !== "string" || run === "") throw malformed("run: a string that is not empty", run);
  return run;
}

function countOf(value: JsonObject, field: "seq" | "at"): number {
  const count = value[field];
  if (typeof count !== "number" || !Number.isSafeInteger(count) || count < 0) {
    throw malformed(`${field}: a whole number of at least 0`, count);
  }
  return count;
}

function malformed(what: string, found: unknown): SluiceError {
  const frame = (JSON.stringify(found) ?? "").slice(0, 500);
  return new SluiceError("malformed-frame", `an entry of a run has ${what}; found ${describe(found)}`, { frame });
}
