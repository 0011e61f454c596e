import type { Batch, BatchReader } from "../stream/batch-source.js";
import type { ChatEvent } from "../stream/chat-event.js";
import type { ChatStream } from "../stream/chat-stream.js";
import { checkFields, exactly, having, jsonObject, string, stringRecord, wholeNumber } from "../stream/checks.js";
import { SluiceError } from "../stream/error.js";
import { writeNdjson, writeSse } from "../stream/framing/write-frame.js";
import { isContent } from "../stream/is-content.js";
import type { Answer, Dialect, ServedRequest, WireWriter, WriterContext } from "./dialect.js";
import { WholeAnswer } from "./whole-answer.js";

/** Settings of `respond`. */
export interface RespondOptions {
  /** Sent with the answer, with an error too; they win over the dialect's own. */
  headers?: Readonly<Record<string, string>>;
  /** Seconds since the epoch, for protocols that stamp their answers. Default: now. */
  created?: number;
}

const OPTIONS = exactly("respond", { headers: stringRecord, created: wholeNumber(0) });
const STREAM = having("a ChatStream, as stream() gives it", "batches");
const DIALECT = having("a dialect, for example openAiChat", "writer", "writeBody", "writeError");
const SERVED = { model: { required: string }, request: { required: jsonObject } };

/**
 * Any stream as an HTTP answer in a dialect: frames as they arrive where the client asked for them, one body otherwise. A
 * stream that fails before its first output is an answer with the dialect's status and body for that error; one that
 * fails later has the dialect's error in mid-stream.
 *
 * The body is pulled: a client that stops reading stops the stream, and one that leaves closes it at once. An answer in one
 * body is read to its end first; give the stream the request's `signal` so that leaving stops that, too.
 *
 * @param served what the client asked for, as `dialect.readRequest` read it.
 * @throws {SluiceError} `invalid-argument` for a stream, a dialect or a request that is none, and for an unknown option.
 * @example
 * ```ts
 * import { echo } from "sluice";
 * import { openAiChat, respond, respondError } from "sluice/dialects";
 *
 * export async function handle(request: Request): Promise<Response> {
 *   try {
 *     const served = openAiChat.readRequest(await request.json());
 *     return await respond(echo().stream(served.request, { signal: request.signal }), openAiChat, served);
 *   } catch (error) {
 *     return respondError(error, openAiChat);
 *   }
 * }
 * ```
 */
export async function respond(
  stream: ChatStream,
  dialect: Dialect,
  served: ServedRequest,
  options: RespondOptions = {},
): Promise<Response> {
  STREAM(stream, "stream");
  DIALECT(dialect, "dialect");
  jsonObject(served, "served");
  checkFields(served, "served", SERVED);
  OPTIONS(options, "");
  const { headers = {}, created } = options;
  const { model, request } = served;
  const context: WriterContext = { model, request, ...(created !== undefined && { created }) };
  try {
    const answer = stream.batches();
    if (!served.stream) return Response.json(dialect.writeBody(await readAnswer(answer), context), { headers });
    const body = new FrameBody(answer, await readOpening(answer), dialect.writer(context), dialect.framing);
    const own = { ...STREAM_HEADERS, "content-type": CONTENT_TYPES[dialect.framing] };
    return new Response(new ReadableStream(body, { highWaterMark: 0 }), { headers: { ...own, ...headers } });
  } catch (thrown) {
    return respondError(thrown, dialect, options);
  }
}

/**
 * An error as an HTTP answer in a dialect, for what fails before there is a stream: the request cannot be read, or nobody
 * can answer it. A body that is not JSON is the client's error, anything else that is thrown the server's.
 *
 * @param options as for `respond`, so that both can be given the same.
 * @throws {SluiceError} `invalid-argument` for what is not a dialect, and for unknown options.
 */
export function respondError(
  thrown: unknown,
  dialect: Dialect,
  options: Pick<RespondOptions, "headers"> = {},
): Response {
  DIALECT(dialect, "dialect");
  OPTIONS(options, "");
  const error = SluiceError.from(thrown, thrown instanceof SyntaxError ? "invalid-request" : "protocol");
  const { status, headers, body } = dialect.writeError(error);
  return Response.json(body, { status, headers: { ...headers, ...options.headers } });
}

const CONTENT_TYPES = { sse: "text/event-stream; charset=utf-8", ndjson: "application/x-ndjson; charset=utf-8" };

/** The second keeps nginx from collecting the answer (https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_buffering). */
const STREAM_HEADERS = { "cache-control": "no-cache", "x-accel-buffering": "no" };

/** Reads until the first content: an error that comes before is answered with its status. */
async function readOpening(answer: BatchReader): Promise<ChatEvent[]> {
  const opening: ChatEvent[] = [];
  for (let batch = await answer.next(); batch !== undefined; batch = await answer.next()) {
    opening.push(...batch);
    if (batch.some(isContent)) break;
  }
  return opening;
}

async function readAnswer(answer: BatchReader): Promise<Answer> {
  const whole = new WholeAnswer();
  for (let batch = await answer.next(); batch !== undefined; batch = await answer.next()) {
    for (const event of batch) whole.push(event);
  }
  if (whole.answer === undefined) throw new SluiceError("truncated", "the stream ended without a finish");
  return whole.answer;
}

/** The body of a streamed answer: a chunk for each batch of events. */
class FrameBody implements UnderlyingDefaultSource<Uint8Array> {
  readonly #answer: BatchReader;
  readonly #writer: WireWriter;
  readonly #framing: Dialect["framing"];
  readonly #encoder = new TextEncoder();
  #opening: Batch | undefined;
  #text = "";

  constructor(answer: BatchReader, opening: Batch, writer: WireWriter, framing: Dialect["framing"]) {
    this.#answer = answer;
    this.#opening = opening;
    this.#writer = writer;
    this.#framing = framing;
  }

  /** Reads on until there is something to send: some events mean nothing in some dialects. */
  async pull(controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> {
    let open = true;
    while (open && this.#text === "") open = await this.#writeNext();
    if (this.#text !== "") controller.enqueue(this.#encoder.encode(this.#text));
    this.#text = "";
    if (!open) controller.close();
  }

  cancel(reason: unknown): void {
    this.#answer.cancel(reason);
  }

  /** Whether there is more to come. */
  async #writeNext(): Promise<boolean> {
    try {
      const batch = this.#opening ?? (await this.#answer.next());
      this.#opening = undefined;
      for (const event of batch ?? []) this.#writer.push(event, this.#write);
      if (batch !== undefined) return true;
      this.#writer.end(this.#write);
    } catch (thrown) {
      const error = SluiceError.from(thrown);
      this.#answer.cancel(error);
      this.#writer.fail(error, this.#write);
    }
    return false;
  }

  readonly #write: Parameters<WireWriter["end"]>[0] = (frame) => {
    this.#text += this.#framing === "sse" ? writeSse(frame) : writeNdjson(frame);
  };
}
