import type { JsonObject } from "../base/json.js";
import type { Answer, Dialect, ServedRequest, ServingDialect, WriterContext } from "../dialects/dialect.js";
import { WholeAnswer } from "../dialects/whole-answer.js";
import type { RunReader } from "../runs/run-log.js";
import { SluiceError } from "../stream/error.js";
import { jsonReply, type ServerCall, type ServerReply } from "./call.js";
import { RunFrames } from "./run-frames.js";
import type { ServerCore } from "./server-core.js";
import { type ServedRun, startServed } from "./start-served.js";

/** How a request is to be answered. */
export interface Asked {
  dialect: ServingDialect;
  served: ServedRequest;
  /** The run's id. Default: a random UUID. */
  run?: string;
  /** The id that the answer has for the client, in place of the model's own. */
  id?: string;
  /** A name under which the newest run is found again. */
  thread?: string;
  /** Whether nobody need wait for it. Default false. */
  background?: boolean;
  /** Whether the client can come back for it, so that leaving does not end it unless the server is set to. Default false. */
  resumable?: boolean;
  /** More that is stored with the run. */
  meta?: Readonly<Record<string, string>>;
  /** Fields of the answer's object that the server decides, where the protocol has such an object. */
  fields?: JsonObject;
  /** Seconds since the epoch, for protocols that stamp their answers. Default: now. */
  created?: number;
  /** The same for when the answer was whole, where it is written again. Default: now. */
  completed?: number;
  /** Beside those of every answer. */
  headers?: Readonly<Record<string, string>>;
}

/** Headers of every streamed answer; the second keeps nginx from collecting it. */
export const STREAM_HEADERS = { "cache-control": "no-cache", "x-accel-buffering": "no" };
const CONTENT_TYPES = { sse: "text/event-stream; charset=utf-8", ndjson: "application/x-ndjson; charset=utf-8" };
/** Headers of an answer of server-sent events. */
export const SSE_HEADERS = { ...STREAM_HEADERS, "content-type": CONTENT_TYPES.sse };

/** Starts the run that answers a request. @throws {SluiceError} what refuses it before it runs. */
export async function startAnswer(core: ServerCore, call: ServerCall, asked: Asked): Promise<ServedRun> {
  const { served, dialect } = asked;
  const { name, model } = core.models.find(served.model, call.caller);
  const { run, thread, background, resumable, meta } = asked;
  const again = core.takeOver.recipe(name, served.request);
  return startServed(core, call, {
    model: name,
    protocol: dialect.name,
    request: served.request,
    stream: (context) => model.stream(served.request, { context, retain: false }),
    ...(run !== undefined && { run }),
    ...(thread !== undefined && { thread }),
    ...(background !== undefined && { background }),
    ...(resumable !== undefined && { resumable }),
    ...(again !== undefined && { again }),
    ...(meta && { meta }),
  });
}

/** Answers a request in a dialect: frames where the client asked for them, one body otherwise. */
export async function answer(core: ServerCore, call: ServerCall, asked: Asked): Promise<ServerReply> {
  const run = await startAnswer(core, call, asked);
  return replyWith(core, call, run.read(), asked, { headers: () => ({ ...run.headers(), ...asked.headers }) });
}

/** How a run is read for a client. */
export interface ReplyOptions {
  /** Asked for when the answer begins. */
  headers?: () => Readonly<Record<string, string>>;
  /** Frames that the client has: so many are left out. */
  skip?: number;
  /** Whether frames have their numbers as ids. */
  numbered?: boolean;
}

/** A run's answer in a dialect. */
export async function replyWith(
  core: ServerCore,
  call: ServerCall,
  reader: RunReader,
  asked: Pick<Asked, "dialect" | "served" | "id" | "fields" | "created" | "completed">,
  { headers = () => ({}), ...frames }: ReplyOptions = {},
): Promise<ServerReply> {
  // Whatever the answer is at: a client that leaves is gone.
  call.onLeave(() => reader.cancel());
  const { dialect, served, id, fields, created, completed } = asked;
  const own = {
    ...(fields && { fields }),
    ...(created !== undefined && { created }),
    ...(completed !== undefined && { completed }),
  };
  const context: WriterContext = { model: served.model, request: served.request, ...own };
  if (!served.stream) {
    const whole = await readAnswer(reader);
    return jsonReply(dialect.writeBody(id === undefined ? whole : { ...whole, id }, context), 200, headers());
  }
  const writer = dialect.writer(context);
  const body = new RunFrames(reader, { writer, framing: dialect.framing, ...(id !== undefined && { id }), ...frames });
  await body.open(core.settings.patienceMs);
  const type = CONTENT_TYPES[dialect.framing];
  return { status: 200, headers: { ...STREAM_HEADERS, "content-type": type, ...headers() }, body };
}

/** Reads a run to its end. @throws {SluiceError} what ended it. */
export async function readAnswer(reader: RunReader): Promise<Answer> {
  const whole = new WholeAnswer();
  for (let entry = await reader.next(); entry !== undefined; entry = await reader.next()) {
    if ("error" in entry) throw entry.error;
    for (const event of entry.events) whole.push(event);
  }
  const { answer: read } = whole;
  if (read === undefined) throw new SluiceError("cancelled", "the client left before the answer was whole");
  return read;
}

/** An error as an answer in a dialect. */
export function errorReply(
  thrown: unknown,
  dialect: Pick<Dialect, "writeError">,
  headers: Readonly<Record<string, string>> = {},
): ServerReply {
  const error = SluiceError.from(thrown, "protocol");
  const { status, headers: own, body } = dialect.writeError(error);
  return jsonReply(body, status, { ...own, ...headers });
}
