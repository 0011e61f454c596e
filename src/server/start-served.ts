import { type Run, startRun } from "../runs/start-run.js";
import type { CallContext } from "../stream/call-context.js";
import type { ChatStream } from "../stream/chat-stream.js";
import type { Call } from "./call.js";
import type { ServerCore } from "./server-core.js";

/** What is to be run for a caller. */
export interface ToServe {
  /** What is asked, by the name that it is served under. */
  model: string;
  /** The protocol that it is asked in. */
  protocol: string;
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

/** Lets a caller in and runs what it asks into the log. @throws {SluiceError} what refuses it before it runs. */
export async function startServed(core: ServerCore, call: Call, asked: ToServe): Promise<Run> {
  const { model, protocol, background = false, resumable = false, meta, thread } = asked;
  const run = asked.run ?? crypto.randomUUID();
  const admitted = await core.admit(call, model);
  try {
    const stream = asked.stream({
      runId: run,
      caller: call.caller.name,
      ...(thread !== undefined && { sessionId: thread }),
    });
    const goesOn =
      background || core.settings.onLeave === "continue" || (resumable && core.settings.onLeave === "auto");
    const started = await startRun(core.log, stream, {
      run,
      attended: !background,
      onLeave: goesOn ? "continue" : "stop",
      meta: { owner: call.caller.name, model, dialect: protocol, ...meta },
      ...(thread !== undefined && { thread: threadOf(call, thread) }),
    });
    core.watch(started, call, admitted);
    return started;
  } catch (thrown) {
    admitted.release();
    throw thrown;
  }
}

/** Threads of different callers never meet. */
export function threadOf(call: Pick<Call, "caller">, thread: string): string {
  return `${call.caller.name}\n${thread}`;
}
