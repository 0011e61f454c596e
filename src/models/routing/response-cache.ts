import { createHash } from "node:crypto";
import { encodeBase64 } from "../../base/base64.js";
import { type Clock, systemClock } from "../../base/clock.js";
import type { Batch, BatchSource } from "../../stream/batch-source.js";
import type { ChatEvent } from "../../stream/chat-event.js";
import type { ChatModel } from "../../stream/chat-model.js";
import type { ChatRequest } from "../../stream/chat-request.js";
import { innerSource } from "../../stream/inner-source.js";
import { Channel } from "../../stream/sources/channel.js";
import { transform } from "../../stream/sources/transform.js";
import { wrapModel } from "../../stream/wrap-model.js";

/** Settings of `cachedModel`. */
export interface ResponseCacheOptions {
  /** How long an answer is kept, in ms. */
  ttlMs: number;
  /** Default: the machine's. */
  clock?: Clock;
  /** How many answers are kept; the one that was used longest ago makes room. Default 1,000. */
  maxEntries?: number;
  /** Whether one caller gets what was answered to another. Default false: callers are distinguished by `context.caller`. */
  shared?: boolean;
}

interface Entry {
  events: Batch;
  expiry: number;
}

/**
 * A model that answers the same request with the same answer as before, usage included, without a call of the model. The
 * stream then says `simulated`, since the whole answer is there. Only answers that came to their end are kept, in memory.
 */
export function cachedModel(model: ChatModel, options: ResponseCacheOptions): ChatModel {
  const { ttlMs, clock = systemClock, maxEntries = 1_000, shared = false } = options;
  const entries = new Map<string, Entry>();
  const take = (key: string): Batch | undefined => {
    const entry = entries.get(key);
    entries.delete(key);
    if (entry === undefined || entry.expiry <= clock.now()) return undefined;
    entries.set(key, entry);
    return entry.events;
  };
  const keep = (key: string, events: Batch): void => {
    entries.delete(key);
    entries.set(key, { events, expiry: clock.now() + ttlMs });
    const [oldest] = entries.keys();
    if (entries.size > maxEntries && oldest !== undefined) entries.delete(oldest);
  };
  return wrapModel(model, ({ request, options }) => {
    const { caller = "", onRoute } = options.context ?? {};
    const key = keyOf(request, shared ? "" : caller);
    const kept = take(key);
    if (kept !== undefined) onRoute?.({ route: model.id, target: model.id, outcome: "cached" });
    return {
      ask: () =>
        kept === undefined
          ? watched(innerSource(model, request, options), (events) => keep(key, events))
          : replayed(kept),
    };
  });
}

function keyOf(request: ChatRequest, caller: string): string {
  const bytes = (_: string, value: unknown) => (value instanceof Uint8Array ? encodeBase64(value) : value);
  return createHash("sha256").update(caller).update("\n").update(JSON.stringify(request, bytes)).digest("base64");
}

/** An answer that is there already. */
function replayed(events: Batch): BatchSource {
  const answer = new Channel();
  answer.push(events.map((event) => (event.type === "start" ? { ...event, simulated: true } : event)));
  answer.end();
  return answer;
}

/** Passes an answer on, and hands it over when it is complete. */
function watched(answer: BatchSource, keep: (events: Batch) => void): BatchSource {
  let events: ChatEvent[] | undefined = [];
  return transform(answer, {
    push(batch) {
      for (const event of batch) {
        // What was taken back once is not worth emitting again.
        if (event.type === "retract") events = undefined;
        if (events === undefined) return batch;
        append(events, event);
        if (event.type === "finish") keep(events);
      }
      return batch;
    },
  });
}

/** Adds an event; a delta that goes on where the last one ended is joined to it. */
function append(events: ChatEvent[], event: ChatEvent): void {
  const last = events.at(-1);
  const joins =
    event.type === "text-delta" &&
    last?.type === "text-delta" &&
    last.block === event.block &&
    last.refusal === event.refusal &&
    last.opaque === undefined &&
    event.opaque === undefined;
  if (joins) events[events.length - 1] = { ...last, text: last.text + event.text };
  else events.push(event);
}
