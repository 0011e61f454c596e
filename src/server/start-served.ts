import { type Run, startRun } from "../runs/start-run.js";
import type { CallContext, RouteDecision } from "../stream/call-context.js";
import type { ChatRequest } from "../stream/chat-request.js";
import type { ChatStream } from "../stream/chat-stream.js";
import type { Call } from "./call.js";
import { ROUTE_HEADER, RouteTrail } from "./routing/route-trail.js";
import { RunMeter } from "./run-meter.js";
import type { ServerCore } from "./server-core.js";

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
  /** Whether nobody need wait for it. Default false. */
  background?: boolean;
  /** Whether the client can come back for it, so that leaving does not end it unless the server is set to. Default false. */
  resumable?: boolean;
  /** More that is stored with the run. */
  meta?: Readonly<Record<string, string>>;
}

/** The header that names an answer's run. */
export const RUN_HEADER = "x-sluice-run";

/** A run that answers a caller. */
export interface ServedRun extends Run {
  /** What the headers of its answer say of it, as far as that is known. */
  headers(): Record<string, string>;
}

/** Lets a caller in and runs what it asks into the log. @throws {SluiceError} what refuses it before it runs. */
export async function startServed(core: ServerCore, call: Call, asked: ToServe): Promise<ServedRun> {
  const { model, protocol, background = false, resumable = false, meta, thread } = asked;
  const run = asked.run ?? crypto.randomUUID();
  const admitted = await core.admit(call, model);
  try {
    const meter = new RunMeter(asked.modelId ?? core.models.find(model, call.caller).model.id, asked.request);
    const trail = new RouteTrail();
    const onRoute = (decision: RouteDecision) => {
      trail.add(decision);
      if (decision.outcome === "answers") meter.ask(decision.target);
      core.decided(decision);
    };
    const session = thread === undefined ? {} : { sessionId: thread };
    const stream = asked.stream({ runId: run, caller: call.caller.name, onRoute, ...session });
    const goesOn =
      background || core.settings.onLeave === "continue" || (resumable && core.settings.onLeave === "auto");
    const started = await startRun(core.log, stream, {
      run,
      attended: !background,
      onLeave: goesOn ? "continue" : "stop",
      onBatch: meter.push,
      meta: { owner: call.caller.name, model, dialect: protocol, ...meta },
      ...(thread !== undefined && { thread: threadOf(call, thread) }),
    });
    core.watch({ run: started, meter, trail }, call, admitted);
    const headers = () => ({ [RUN_HEADER]: run, ...(trail.text !== undefined && { [ROUTE_HEADER]: trail.text }) });
    return { ...started, headers };
  } catch (thrown) {
    admitted.release();
    throw thrown;
  }
}

/** Threads of different callers never meet. */
export function threadOf(call: Pick<Call, "caller">, thread: string): string {
  return `${call.caller.name}\n${thread}`;
}
