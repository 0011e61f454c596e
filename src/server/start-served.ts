import { uuid } from "../base/uuid.js";
import type { LostRun } from "../runs/run-log.js";
import { type Run, type RunOutcome, runAgain, type StartRun, startRun } from "../runs/start-run.js";
import type { Batch } from "../stream/batch-source.js";
import type { CallContext, RouteDecision } from "../stream/call-context.js";
import type { ChatRequest } from "../stream/chat-request.js";
import type { ChatStream } from "../stream/chat-stream.js";
import { SluiceError } from "../stream/error.js";
import type { ServerCall } from "./call.js";
import { ROUTE_HEADER, RouteTrail } from "./routing/route-trail.js";
import { RunMeter } from "./run-meter.js";
import type { Admitted, ServerCore } from "./server-core.js";

/** What is to be run for a caller. */
export interface ToServe {
  /** What is asked, by the name that it is served under. */
  model: string;
  /** The id of the model that answers, for prices. Default: that of what is served under the name. */
  modelId?: string;
  /** The protocol that it is asked in. */
  protocol: string;
  /** What is asked, where it is known: what an answer that is cut off has read is counted by it. */
  request?: ChatRequest;
  /** Makes the stream, once the caller was let in. */
  stream(context: CallContext): ChatStream;
  /** The run's id. Default: a random UUID. */
  run?: string;
  /** A name under which the newest run is found again. */
  thread?: string;
  /** A name under which those of the caller that are kept are listed. */
  group?: string;
  /** The earlier run that it goes on from, which is then kept for as long as this one. */
  follows?: string;
  /** What is noted of it from its beginning, by names. */
  notes?: Readonly<Record<string, string>>;
  /** Whether its end is announced: `onEnded` of the log. Default false. */
  announced?: boolean;
  /** Whether nobody need wait for it. Default false. */
  background?: boolean;
  /** Whether the client can come back for it, so that leaving does not end it unless the server is set to. Default false. */
  resumable?: boolean;
  /** What another process needs to make the run once more, if this one dies. Default: nobody may. */
  again?: string;
  /** More that is stored with the run. */
  meta?: Readonly<Record<string, string>>;
}

/** Who asks, as far as a run is concerned. */
type Asker = Pick<ServerCall, "id" | "caller" | "header">;

/** The header that names an answer's run. */
export const RUN_HEADER = "x-sluice-run";

/** A run that answers a caller. */
export interface ServedRun extends Run {
  /** What the headers of its answer say of it, as far as that is known. */
  headers(): Record<string, string>;
}

/** Lets a caller in and runs what it asks into the log. @throws {SluiceError} what refuses it before it runs. */
export async function startServed(core: ServerCore, call: ServerCall, asked: ToServe): Promise<ServedRun> {
  const run = asked.run ?? uuid();
  const opening = { run, ...openingOf(core, call, asked) };
  const begun = await begin(core, call, run, asked, (stream, onBatch) =>
    startRun(core.log, stream, { ...opening, onBatch }),
  );
  const { trail } = begun;
  const headers = () => ({ [RUN_HEADER]: run, ...(trail.text !== undefined && { [ROUTE_HEADER]: trail.text }) });
  return { ...begun.started, headers };
}

/** Makes a run that was taken over once more, for whoever it belongs to. @throws {SluiceError} what refuses it before it runs. */
export async function serveAgain(
  core: ServerCore,
  lost: LostRun,
  { model, request }: { model: string; request: ChatRequest },
): Promise<void> {
  const { run, meta } = lost.record;
  const asker: Asker = { id: `takeover-${run}`, caller: { name: meta.owner ?? "" }, header: () => undefined };
  const served = core.models.find(model, asker.caller).model;
  const asked: ToServe = {
    model,
    protocol: meta.dialect ?? "",
    request,
    stream: (context) => served.stream(request, { context, retain: false }),
  };
  await begin(core, asker, run, asked, async (stream, onBatch) => ({ id: run, done: runAgain(lost, stream, onBatch) }));
}

/** What is made of a run that began. */
interface Begun<Started> {
  started: Started;
  trail: RouteTrail;
}

/** Lets whoever asks in, begins to run what it asks, and notes what becomes of it. */
async function begin<Started extends { id: string; done: Promise<RunOutcome> }>(
  core: ServerCore,
  call: Asker,
  run: string,
  asked: ToServe,
  start: (stream: ChatStream, onBatch: (batch: Batch) => void) => Promise<Started>,
): Promise<Begun<Started>> {
  const { model, protocol } = asked;
  const trace = traceOf(call);
  const meter = new RunMeter(asked.modelId ?? core.models.find(model, call.caller).model.id, asked.request);
  const beginning = {
    run,
    request: call.id,
    model,
    caller: call.caller.name,
    protocol,
    ...(trace && { trace: trace.id }),
  };
  const watched = core.monitor.begin(beginning, () => meter.outputTokens);
  let admitted: Admitted | undefined;
  try {
    admitted = await core.admit(call, model);
    const trail = new RouteTrail();
    const onRoute = (decision: RouteDecision) => {
      trail.add(decision);
      if (decision.outcome === "answers") meter.ask(decision.target);
      core.decided(decision);
    };
    const session = asked.thread === undefined ? {} : { sessionId: asked.thread };
    const parent = trace === undefined ? {} : { trace: trace.parent };
    const stream = asked.stream({ runId: run, caller: call.caller.name, onRoute, ...session, ...parent });
    const onBatch = (batch: Batch) => {
      meter.push(batch);
      watched.push(batch);
    };
    const started = await start(stream, onBatch);
    void started.done.then((outcome) => core.monitor.end(watched, meter.use(outcome), outcome.error));
    core.watch({ run: started, meter, trail }, call, admitted);
    return { started, trail };
  } catch (thrown) {
    core.monitor.end(watched, { usage: {} }, SluiceError.from(thrown));
    admitted?.release();
    throw thrown;
  }
}

/** How the run is opened in the log. */
function openingOf({ settings }: ServerCore, call: Asker, asked: ToServe): StartRun {
  const { model, protocol, background = false, resumable = false, meta, thread, group } = asked;
  const { again, follows, notes, announced } = asked;
  const goesOn = background || settings.onLeave === "continue" || (resumable && settings.onLeave === "auto");
  return {
    attended: !background,
    onLeave: goesOn ? "continue" : "stop",
    meta: { owner: call.caller.name, model, dialect: protocol, ...meta },
    ...(thread !== undefined && { thread: threadOf(call, thread) }),
    ...(group !== undefined && { group: threadOf(call, group) }),
    ...(again !== undefined && { again }),
    ...(follows !== undefined && { follows }),
    ...(notes !== undefined && { notes }),
    ...(announced !== undefined && { announced }),
  };
}

/** Version 0 and later of the header: https://www.w3.org/TR/trace-context/#traceparent-header. */
const TRACEPARENT = /^(?!ff)[\da-f]{2}-([\da-f]{32})-[\da-f]{16}-[\da-f]{2}(?:-|$)/;

/** The trace that a client says its request belongs to. */
function traceOf(call: Asker): { id: string; parent: string } | undefined {
  const parent = call.header("traceparent");
  const [, id] = TRACEPARENT.exec(parent ?? "") ?? [];
  return parent === undefined || id === undefined ? undefined : { id, parent };
}

/** Threads of different callers never meet. */
export function threadOf(call: Pick<ServerCall, "caller">, thread: string): string {
  return `${call.caller.name}\n${thread}`;
}
