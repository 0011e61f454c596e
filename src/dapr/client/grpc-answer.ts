import type { DescMessage, MessageShape } from "@bufbuild/protobuf";
import type { Clock } from "../../base/clock.js";
import { resolveTimeouts } from "../../models/http/deadlines.js";
import { resolveRetry } from "../../models/http/retry.js";
import { openWireLog } from "../../models/http/wire-log.js";
import { BatchedReader } from "../../models/parts/batched-reader.js";
import type { PartReader } from "../../models/parts/part-answer.js";
import { partSource } from "../../models/parts/part-source.js";
import type { CallOptions, RetryPolicy, Timeouts } from "../../stream/chat-model.js";
import { ChatStream } from "../../stream/chat-stream.js";
import { deadline } from "../converse/deadline.js";
import { readGrpcError } from "./grpc-error.js";
import { readableOf } from "./readable-of.js";
import { WatchedReader } from "./watched-reader.js";

/** One call of a method whose answer is an answer of a model. */
export interface GrpcCall<Desc extends DescMessage> {
  /** The model, as people name it; errors carry it. */
  id: string;
  /** Of the method, for those who watch the call. */
  url: string;
  headers: Record<string, string>;
  /** The request as JSON, for those who watch the call. */
  body(): string;
  /** Makes the connection. */
  connect(): Promise<void>;
  /** Makes the call. Its limits end it, and are sent to the server as a deadline. */
  open(limits: { signal: AbortSignal; timeoutMs?: number }): AsyncIterable<MessageShape<Desc>>;
  /** What the messages of its answer are. */
  answers: Desc;
  reader(): PartReader<MessageShape<Desc>>;
}

/** What all calls have in common. */
export interface GrpcCallDefaults {
  timeouts?: Timeouts;
  retry?: RetryPolicy;
  clock: Clock;
  /** From 0 to 1; spreads retries. */
  random: () => number;
}

/** The answer to a call, as a stream: the call is made when it is read. */
export function grpcAnswer<Desc extends DescMessage>(
  asked: GrpcCall<Desc>,
  defaults: GrpcCallDefaults,
  call: CallOptions,
): ChatStream {
  const { id, url, headers } = asked;
  const wire = openWireLog(call.onWire, { url, headers });
  let attempt = 0;
  const source = partSource<MessageShape<Desc>>({
    id,
    connect: () => asked.connect(),
    open: async (signal, leftMs) => {
      wire?.request({ method: "POST", url, headers, body: asked.body() }, ++attempt);
      const reader = asked.reader();
      return {
        parts: new BatchedReader(readableOf(asked.open({ signal, ...deadline(leftMs) }))),
        reader: wire === undefined ? reader : new WatchedReader(reader, asked.answers, wire),
      };
    },
    readError: (thrown) => {
      const error = readGrpcError(thrown);
      wire?.error(error);
      return error;
    },
    timeouts: resolveTimeouts(defaults.timeouts, call.timeouts),
    retry: resolveRetry(defaults.retry, call.retry),
    clock: defaults.clock,
    random: defaults.random,
  });
  return new ChatStream(source, { signal: call.signal, retain: call.retain });
}
