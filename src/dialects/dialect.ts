import type { JsonObject, JsonValue } from "../base/json.js";
import type { ChatEvent, Emit, FinishReason, Warning } from "../stream/chat-event.js";
import type { CompactedHistory } from "../stream/chat-model.js";
import type { ChatRequest } from "../stream/chat-request.js";
import type { SluiceError } from "../stream/error.js";
import type { Frame } from "../stream/framing/frame.js";
import type { AssistantMessage } from "../stream/message.js";
import type { Usage } from "../stream/usage.js";

/** A request in one protocol's terms: what a model sends. */
export interface WireRequest {
  /** Below the provider's base URL, with its leading slash and query. */
  path: string;
  /** Beside those of authentication and content type. */
  headers?: Record<string, string>;
  /** Sent as JSON. */
  body: JsonObject;
  /** Options that were not sent as they were given. */
  warnings: Warning[];
}

/** What a client of this protocol asked for: what a server reads. */
export interface ServedRequest {
  /** As the client names it. */
  model: string;
  /** Whether the client wants frames rather than one body. */
  stream: boolean;
  /** What it asks, in terms that any model takes. */
  request: ChatRequest;
}

/** Parameters that a protocol keeps in the URL's path, by name (Gemini's `model` and `method`). */
export type PathParams = Readonly<Record<string, string>>;

/** A whole answer, for protocols' bodies that are not streamed. */
export interface Answer {
  /** The id in its `start`. */
  id: string;
  /** The model that answered, as its provider names it. */
  model: string;
  /** The message. */
  message: AssistantMessage;
  /** Why it stopped. */
  reason: FinishReason;
  /** The provider's own word for the reason, where it is not the same. */
  rawReason?: string;
  /** Tokens of the whole answer. */
  usage: Usage;
  /**
   * What the stream emitted between its `start` and its `finish`, in order, for what no message holds: steps, data, blocks.
   * Nothing that was retracted, no `usage`, no `tool-input-delta`. Default: what `message` says.
   */
  events?: readonly ChatEvent[];
}

/** An HTTP answer that is not a success. */
export interface ErrorResponse {
  /** The HTTP status, 400 or above. */
  status: number;
  /** Names in lower case. */
  headers: Readonly<Record<string, string>>;
  /** As it came, JSON or not. */
  body: string;
}

/** Turns frames into events. One for each answer. */
export interface WireReader {
  /**
   * Whether the answer's end marker has come although `finish` has not been emitted, because more could follow. Then
   * `end` may be called however the connection ended. Absent where the marker itself emits `finish`.
   */
  readonly complete?: boolean;
  /**
   * Whether the answer has its finish reason, and only what may follow that is missing: usage, an end marker. Then `end` may be
   * called however the connection ended, and need not wait for it for long.
   */
  readonly ending?: boolean;
  /**
   * While code is loaded that the frames so far need: settles once they were read, and rejects with what `push` would have thrown.
   * Until then nothing more is pushed than came with them, and `end` is not called.
   */
  readonly loading?: Promise<void> | undefined;
  /**
   * Takes one frame.
   *
   * @throws {SluiceError} the provider's error where the frame is one; `malformed-frame` where it cannot be read.
   */
  push(frame: Frame, emit: Emit): void;
  /**
   * The connection was closed in an orderly way: emits `finish` where the answer is known to be complete.
   *
   * @throws {SluiceError} `truncated` where it is not.
   */
  end(emit: Emit): void;
}

/** Takes one frame of an answer that is being served. */
export type WriteFrame = (frame: Frame) => void;

/** Turns events into frames. One for each answer. */
export interface WireWriter {
  /** Takes one event and writes its frames, if any. */
  push(event: ChatEvent, write: WriteFrame): void;
  /** The stream is over, after its `finish`: writes the protocol's end marker, if it has one. */
  end(write: WriteFrame): void;
  /** The stream failed after its answer began: writes the error as the protocol has it in mid-stream. */
  fail(error: SluiceError, write: WriteFrame): void;
}

/** What a writer needs to know of the request it answers. */
export interface WriterContext {
  /** The model's name as the client gave it. */
  model: string;
  /** The request as it was read: some protocols echo parts of it, or change shape with it. */
  request: ChatRequest;
  /** Seconds since the epoch, for protocols that stamp their frames. Default: now. */
  created?: number;
  /** The same for when the answer was whole, where one is written again. Default: now. */
  completed?: number;
  /** Fields of the answer's object that the server knows and the request does not, where the protocol has such an object. */
  fields?: JsonObject;
}

/** What a model needs to know to write a request. */
export interface CallTarget {
  /** The provider's name for the model. */
  model: string;
  /** Whether the answer is to come as frames rather than as one body. */
  stream: boolean;
}

/** Something that a protocol cannot carry. */
export interface Loss {
  /** What is not carried. */
  what: string;
  /** Why not, or what happens instead. */
  why: string;
}

/** One wire protocol, both ways. Pure functions, no I/O. */
export interface Dialect {
  /** For example `openai-chat`. */
  readonly name: string;
  /** How a streamed answer is framed. */
  readonly framing: "sse" | "ndjson";
  /** Names under which `providerOptions` are given to it. Default: its name. */
  readonly optionNames?: readonly string[];
  /** What it cannot carry. */
  readonly losses: readonly Loss[];

  /**
   * Calling: the request to send.
   *
   * @throws {SluiceError} `unsupported` for what this protocol cannot carry, naming the field.
   */
  writeRequest(request: ChatRequest, target: CallTarget): WireRequest;
  /** Calling: reads a streamed answer. */
  reader(): WireReader;
  /**
   * Calling: reads an answer that came as one body, as the events a stream would have had.
   *
   * @throws {SluiceError} the provider's error where the body is one; `malformed-frame` where it cannot be read.
   */
  readBody(body: JsonValue): ChatEvent[];
  /** Calling: the error that an unsuccessful answer means. */
  readError(response: ErrorResponse): SluiceError;

  /**
   * Serving: reads a client's request.
   *
   * @throws {SluiceError} `invalid-request`, naming the field.
   */
  readRequest(body: JsonValue, path?: PathParams): ServedRequest;
  /** Serving: writes a streamed answer. */
  writer(context: WriterContext): WireWriter;
  /** Serving: writes an answer as one body. */
  writeBody(answer: Answer, context: WriterContext): JsonObject;
  /** Serving: the HTTP status and body of an error before the answer began. */
  writeError(error: SluiceError): { status: number; headers?: Record<string, string>; body: JsonObject };
}

/** The half of a dialect that a server needs: all there is of a protocol that is only served. */
export type ServingDialect = Pick<Dialect, "name" | "framing" | "readRequest" | "writer" | "writeBody" | "writeError">;

/** The half of a dialect that reads answers: all there is of a protocol that is only replayed. */
export type ReadingDialect = Pick<Dialect, "name" | "framing" | "reader" | "readBody" | "readError">;

/** How a protocol asks a service to make a history shorter. */
export interface HistoryCompaction {
  /** The request to send. @throws {SluiceError} as `writeRequest`. */
  write(request: ChatRequest, model: string): { path: string; body: JsonValue };
  /** Its answer. @throws {SluiceError} the provider's error; `malformed-frame` where it cannot be read. */
  read(body: JsonValue): CompactedHistory;
}

/** The half of a protocol that a model needs: what it sends, and how it reads what comes. */
export interface CallingDialect
  extends Pick<Dialect, "name" | "framing" | "optionNames" | "writeRequest" | "reader" | "readBody" | "readError"> {
  /**
   * Awaited before anything else is asked of a protocol whose code is loaded when it is needed; `undefined` once it is there.
   *
   * @param request what is written then, and whose answer is read as a stream. Without it all of the code is loaded, also that for whole
   *   bodies and for errors.
   */
  load?(request?: ChatRequest): Promise<void> | undefined;
  /** Code of its own, which is loaded when it is asked for. Absent where services of this protocol do not compact. */
  compaction?(): Promise<HistoryCompaction>;
}
