import type { ChatEvent } from "../../../src/stream/chat-event.js";
import { type Envelope, entryAfter, seqAfter } from "../../../src/stream/envelope.js";
import { SluiceError } from "../../../src/stream/error.js";
import { waitForNetwork } from "./network-wait.js";
import { readEntries } from "./read-entries.js";
import { ask } from "./server.js";

/** Where in a run one is. */
export interface RunPlace {
  /** The run's id. */
  run: string;
  /** The number of the last event that was taken; -1 for none. */
  seq: number;
}

/** Callbacks while a run is followed. */
export interface FollowOptions {
  /** Events that arrived together, in order, each once, and the place after them. */
  onEvents(events: readonly ChatEvent[], place: RunPlace): void;
  /** The run was begun. */
  onResponse?(response: Response): void;
  /** The connection was lost and is being made again, or is there again. */
  onConnection?(state: "connected" | "reconnecting"): void;
  signal: AbortSignal;
}

/** The header that names an answer's run. */
const RUN_HEADER = "x-sluice-run";

/**
 * Begins a run and follows it to its end. Where its answer is lost on the way, the run is found by its id.
 *
 * @param body a native request: model, messages, options.
 * @param run the id that the run is to have.
 * @throws {SluiceError} what ended the run; what refused the request.
 */
export async function beginRun(body: object, run: string, options: FollowOptions): Promise<void> {
  const place = { run, seq: -1 };
  const request = { ...body, run, stream: true };
  const { signal } = options;
  const response = await ask("v1/runs", { method: "POST", body: request, signal }).catch((lost: unknown) => {
    if (SluiceError.from(lost).code !== "connect-failed") throw lost;
    return open(place, signal).catch(() => {
      throw lost;
    });
  });
  options.onResponse?.(response);
  await follow(response, place, options);
}

/** Begins a run at another path that answers with a run's entries, under an id that the server chooses. */
export async function beginRunAt(path: string, body: object, options: FollowOptions): Promise<void> {
  const response = await ask(path, { method: "POST", body, signal: options.signal });
  options.onResponse?.(response);
  const place = { run: response.headers.get(RUN_HEADER) ?? "", seq: -1 };
  options.onEvents([], place);
  await follow(response, place, options);
}

/** Goes on with a run from where one was, to its end. @throws {SluiceError} what ended it; `not-found` where it is forgotten. */
export async function resumeRun(place: RunPlace, options: FollowOptions): Promise<void> {
  await follow(undefined, { ...place }, options);
}

/** Ends a run, wherever it is written. */
export async function stopRun(run: string): Promise<void> {
  await ask(`v1/runs/${encodeURIComponent(run)}/stop`, { method: "POST" });
}

async function follow(first: Response | undefined, place: RunPlace, options: FollowOptions): Promise<void> {
  let response = first;
  for (let failures = 0; ; failures++) {
    try {
      response ??= await open(place, options.signal);
      if (failures > 0) options.onConnection?.("connected");
      const before = place.seq;
      for await (const entries of readEntries(response, options.signal)) if (take(entries, place, options)) return;
      if (place.seq > before) failures = 0;
    } catch (thrown) {
      const error = SluiceError.from(thrown);
      // What the run itself ended with, and what the server refuses, does not get better by asking again.
      if (error.code !== "connect-failed") throw error;
    }
    if (options.signal.aborted) throw new SluiceError("cancelled", "stopped");
    response = undefined;
    options.onConnection?.("reconnecting");
    await waitForNetwork(failures, options.signal);
  }
}

function open({ run, seq }: RunPlace, signal: AbortSignal): Promise<Response> {
  return ask(`v1/runs/${encodeURIComponent(run)}/stream?after=${seq}`, { signal });
}

/** Whether the run is over. @throws {SluiceError} the error that ended it. */
function take(entries: readonly Envelope[], place: RunPlace, { onEvents }: FollowOptions): boolean {
  const events: ChatEvent[] = [];
  let failure: SluiceError | undefined;
  for (const entry of entries) {
    if ("error" in entry) failure = entry.error;
    else {
      const news = entryAfter(entry, place.seq);
      if (news !== undefined && "events" in news) events.push(...news.events);
    }
    place.seq = Math.max(place.seq, seqAfter(entry) - 1);
  }
  if (events.length > 0) onEvents(events, { ...place });
  if (failure !== undefined) throw failure;
  return events.at(-1)?.type === "finish";
}
