import { describe, expect, test } from "vitest";
import type { ReadingDialect } from "../../src/dialects/dialect.js";
import { recogniseWire } from "../../src/dialects/recognise-wire.js";
import type { ChatEvent, ToolCallEvent } from "../../src/stream/chat-event.js";
import { SluiceError } from "../../src/stream/error.js";
import type { Frame } from "../../src/stream/framing/frame.js";
import { textOfEvents } from "../laws/summary.js";
import { haveRecordings, listRecordings, loadBody } from "./load-recording.js";

/** Frames from the middle of long recordings are left out: they are alike. */
const KEPT = 10;

interface Recorded {
  path: string;
  dialect: ReadingDialect;
  frames: Frame[];
}

interface Answer {
  events: ChatEvent[];
  /** What each frame said. */
  said: ChatEvent[][];
  error?: SluiceError;
}

function read(dialect: ReadingDialect, frames: readonly Frame[]): Answer {
  const events: ChatEvent[] = [];
  const said: ChatEvent[][] = [];
  const emit = (event: ChatEvent) => void events.push(event);
  const finished = () => events.at(-1)?.type === "finish";
  try {
    const reader = dialect.reader();
    for (const frame of frames) {
      const before = events.length;
      if (!finished()) reader.push(frame, emit);
      said.push(events.slice(before));
    }
    if (!finished()) reader.end(emit);
    return { events, said };
  } catch (error) {
    // Anything thrown but a `SluiceError` is a bug.
    if (error instanceof SluiceError) return { events, said, error };
    throw error;
  }
}

function recordedStreams(): Recorded[] {
  return listRecordings("").flatMap((path): Recorded[] => {
    if (!/\.(sse|json|txt)$/.test(path)) return [];
    try {
      const { dialect, frames } = recogniseWire(loadBody(path));
      const some = frames.length > 2 * KEPT ? [...frames.slice(0, KEPT), ...frames.slice(-KEPT)] : [...frames];
      return read(dialect, some).error === undefined ? [{ path, dialect, frames: some }] : [];
    } catch (error) {
      if (error instanceof SluiceError || error instanceof SyntaxError) return [];
      throw error;
    }
  });
}

/** Calls that the client is to run, with the arguments that the model made, without those that were retracted. */
function callsIn(events: readonly ChatEvent[]): ToolCallEvent[] {
  let calls: ToolCallEvent[] = [];
  let kept = 0;
  for (const event of events) {
    if (event.type === "start" || event.type === "step-start") kept = calls.length;
    else if (event.type === "retract") calls = calls.slice(0, kept);
    else if (event.type !== "tool-call" || event.providerExecuted || event.invalid) continue;
    else calls.push(event);
  }
  return calls;
}

const textIn = (events: readonly ChatEvent[]) => textOfEvents(events).length;
const ownText = (events: readonly ChatEvent[]) => textIn(events.filter(({ type }) => type === "text-delta"));

/** How often each call is made, whatever its id. */
function counted(events: readonly ChatEvent[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { name, input } of callsIn(events)) {
    const call = `${name} ${JSON.stringify(input)}`;
    counts.set(call, (counts.get(call) ?? 0) + 1);
  }
  return counts;
}

function expectLawful({ events, error }: Answer, where: string): void {
  const finishes = events.filter(({ type }) => type === "finish");
  expect(finishes.length, where).toBe(error === undefined ? 1 : 0);
  const ids = callsIn(events).map(({ callId }) => callId);
  expect(new Set(ids).size, where).toBe(ids.length);
}

describe.skipIf(!haveRecordings())("a recorded stream", () => {
  const streams = haveRecordings() ? recordedStreams() : [];

  test("of which a frame comes twice says no more than that frame, and makes no call twice", () => {
    expect(streams.length).toBeGreaterThan(100);
    for (const { path, dialect, frames } of streams) {
      const whole = read(dialect, frames);
      for (const [index, frame] of frames.entries()) {
        const where = `${path}, frame ${index}: ${frame.data.slice(0, 200)}`;
        const again = read(dialect, [...frames.slice(0, index), frame, ...frames.slice(index)]);
        expectLawful(again, where);
        if (again.error !== undefined) continue;
        expect(textIn(again.events), where).toBeGreaterThanOrEqual(textIn(whole.events));
        const most = textIn(whole.events) + ownText(whole.said[index] ?? []);
        expect(textIn(again.events), where).toBeLessThanOrEqual(most);
        const calls = counted(whole.events);
        for (const [call, count] of counted(again.events)) {
          if (calls.has(call)) expect(count, where).toBe(calls.get(call));
        }
      }
    }
  });

  test("of which a frame is lost loses no other text, or fails", () => {
    for (const { path, dialect, frames } of streams) {
      const whole = read(dialect, frames);
      for (const [index, frame] of frames.entries()) {
        const where = `${path}, frame ${index}: ${frame.data.slice(0, 200)}`;
        const rest = read(dialect, [...frames.slice(0, index), ...frames.slice(index + 1)]);
        expectLawful(rest, where);
        // What follows an end is another answer only where it begins.
        if (rest.error !== undefined || frame.data.includes('"message_start"')) continue;
        const least = textIn(whole.events) - ownText(whole.said[index] ?? []);
        expect(textIn(rest.events), where).toBeGreaterThanOrEqual(least);
      }
    }
  });
});
