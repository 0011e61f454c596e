import fc from "fast-check";
import type { Batch } from "../../src/stream/batch-source.js";
import type { ChatEvent } from "../../src/stream/chat-event.js";
import { SluiceError } from "../../src/stream/error.js";
import { addUsage, type Usage } from "../../src/stream/usage.js";
import { type Play, text } from "../support/played-source.js";

/** A stream that may retract, may fail, and may have others inside. */
export interface Script {
  name: string;
  texts: string[];
  /** Ends the first attempt with a `retract` after its texts; then they come again. */
  retracts: boolean;
  fails: boolean;
  tokens: number;
  late: boolean;
  inner: readonly Script[];
}

export const { script } = fc.letrec<{ script: Script }>((tie) => ({
  script: fc.record({
    name: fc.constantFrom("a", "b", "c"),
    texts: fc.array(fc.constantFrom("x", "yy", "é"), { maxLength: 3 }),
    retracts: fc.boolean(),
    fails: fc.boolean(),
    tokens: fc.integer({ min: 0, max: 9 }),
    late: fc.boolean(),
    inner: fc.oneof({ maxDepth: 2 }, fc.constant<readonly Script[]>([]), fc.array(tie("script"), { maxLength: 2 })),
  }),
}));

/** The events of a script, those of what is inside wrapped; it ends early where something fails. */
export function eventsOf({ name, texts, retracts, fails, tokens, inner }: Script): ChatEvent[] {
  const start: ChatEvent = { type: "start", id: name, model: name };
  const deltas = texts.map(text);
  const events: ChatEvent[] = [start, ...deltas];
  if (retracts) events.push({ type: "retract", reason: "again" }, start, ...deltas);
  let usage: Usage = { outputTokens: tokens };
  for (const [index, one] of inner.entries()) {
    const nested = eventsOf(one);
    for (const event of nested) events.push({ type: "nested", from: one.name, attempt: index + 1, event });
    const finish = nested.at(-1);
    if (finish?.type === "finish") usage = addUsage(usage, finish.usage);
  }
  if (!fails) events.push({ type: "finish", reason: "stop", usage });
  return events;
}

/** The events of a script in batches of a size, and its failure. */
export function playsOf(one: Script, size: number): Play[] {
  const events = eventsOf(one);
  const plays: Play[] = [];
  for (let at = 0; at < events.length; at += size) {
    const batch: Batch = events.slice(at, at + size);
    plays.push(one.late ? { later: batch } : batch);
  }
  return one.fails ? [...plays, new SluiceError("overloaded", "busy")] : plays;
}
