import { Alpha1ChunkWriter } from "../../dapr/converse/alpha1-chunk-writer.js";
import { Alpha2ChunkWriter } from "../../dapr/converse/alpha2-chunk-writer.js";
import type { AnswerContext } from "../../dapr/converse/answer-context.js";
import { toApiError, unreadableBody, writeErrorBody } from "../../dapr/converse/api-error.js";
import type { ChunkWriter } from "../../dapr/converse/chunk-writer.js";
import { collectAnswer } from "../../dapr/converse/converse-answer.js";
import { type ConverseCall, chatRequestOf } from "../../dapr/converse/converse-call.js";
import { errorDetail } from "../../dapr/converse/error-detail.js";
import { bodyText, readProtoJson, writeProtoJson } from "../../dapr/converse/proto-json.js";
import { readAlpha1Request } from "../../dapr/converse/read-alpha1-request.js";
import { readAlpha2Request } from "../../dapr/converse/read-alpha2-request.js";
import { writeAlpha1Response, writeAlpha2Response } from "../../dapr/converse/write-response.js";
import { writeAlpha1Frame, writeAlpha2Frame, writeErrorFrame } from "../../dapr/converse/write-sse.js";
import {
  ConversationRequestAlpha2Schema,
  ConversationRequestSchema,
  ConversationResponseAlpha2Schema,
  ConversationResponseSchema,
} from "../../dapr/proto/generated/dapr/proto/runtime/v1/ai_pb.js";
import { scrubAnswerStage, scrubInputs } from "../../dapr/sidecar/scrub-call.js";
import type { WireWriter, WriteFrame } from "../../dialects/dialect.js";
import type { RunReader } from "../../runs/run-log.js";
import type { ChatEvent } from "../../stream/chat-event.js";
import { ChatStream } from "../../stream/chat-stream.js";
import { messageOf, SluiceError } from "../../stream/error.js";
import type { Frame } from "../../stream/framing/frame.js";
import { SSE_HEADERS } from "../answer.js";
import type { ServerCall, ServerReply } from "../call.js";
import { RunFrames } from "../run-frames.js";
import type { ServerCore } from "../server-core.js";
import { type ServedRun, startServed } from "../start-served.js";

/** What is asked of which component. */
export interface Converse {
  api: "alpha1" | "alpha2";
  component: string;
  streamed: boolean;
}

/** Answers one call of Dapr's conversation API as a run. */
export async function converseReply(core: ServerCore, call: ServerCall, converse: Converse): Promise<ServerReply> {
  const { component } = converse;
  try {
    const asked = scrubInputs(await read(core, call, converse));
    const run = await start(core, call, asked);
    return converse.streamed ? await streamed(core, call, asked, run) : await whole(call, asked, run);
  } catch (thrown) {
    const error = SluiceError.from(thrown, "protocol");
    // Who asks too much, or may not ask, gets that as the status too.
    const answer = toApiError(error, component);
    const { retryAfterMs, status = answer.httpStatus } = error;
    return {
      status: error.code === "rate-limited" || error.code === "permission" ? status : answer.httpStatus,
      headers: {
        "content-type": "application/json",
        ...(retryAfterMs !== undefined && { "retry-after": String(Math.ceil(retryAfterMs / 1_000)) }),
      },
      body: writeErrorBody(answer, errorDetail(error)),
    };
  }
}

async function read(core: ServerCore, call: ServerCall, { api, component }: Converse): Promise<ConverseCall> {
  const body = bodyText(
    await call.bytes().catch((thrown: unknown) => {
      throw unreadableBody(messageOf(thrown));
    }),
  );
  const has = (name: string) => core.models.has(name, call.caller);
  if (api === "alpha1")
    return readAlpha1Request({ ...readProtoJson(ConversationRequestSchema, body), name: component }, has);
  return readAlpha2Request({ ...readProtoJson(ConversationRequestAlpha2Schema, body), name: component }, has);
}

function start(core: ServerCore, call: ServerCall, asked: ConverseCall): Promise<ServedRun> {
  const { name, model } = core.models.find(asked.component, call.caller);
  const request = chatRequestOf(asked);
  return startServed(core, call, {
    model: name,
    protocol: "dapr",
    request,
    stream(context) {
      const stream = model.stream(request, { context, retain: false });
      return asked.scrubOutput ? stream.through(scrubAnswerStage()) : stream;
    },
  });
}

async function streamed(core: ServerCore, call: ServerCall, asked: ConverseCall, run: ServedRun): Promise<ServerReply> {
  const reader = run.read();
  call.onLeave(() => reader.cancel());
  const context = { call: asked };
  const writer =
    asked.api === "alpha1"
      ? frames(new Alpha1ChunkWriter(context), writeAlpha1Frame, asked)
      : frames(new Alpha2ChunkWriter(context), writeAlpha2Frame, asked);
  const body = new RunFrames(reader, { writer, framing: "sse" });
  await body.open(core.settings.patienceMs);
  const headers = { ...SSE_HEADERS, ...run.headers() };
  return { status: 200, headers, body };
}

/** The messages of a streaming call as the frames of a run's answer. */
function frames<Chunk>(chunks: ChunkWriter<Chunk>, encode: (chunk: Chunk) => Frame, asked: ConverseCall): WireWriter {
  const fail = (error: SluiceError, write: WriteFrame) =>
    write(writeErrorFrame(toApiError(error, asked.component), errorDetail(error)));
  return {
    push(event, write) {
      try {
        chunks.push(event, (chunk) => write(encode(chunk)));
      } catch (thrown) {
        fail(SluiceError.from(thrown, "protocol"), write);
      }
    },
    end: () => {},
    fail,
  };
}

async function whole(call: ServerCall, asked: ConverseCall, run: ServedRun): Promise<ServerReply> {
  const reader = run.read();
  call.onLeave(() => reader.cancel());
  const answer = await collectAnswer(ChatStream.from(eventsOf(reader)), asked);
  const context: AnswerContext = { call: asked };
  const body =
    asked.api === "alpha1"
      ? writeProtoJson(ConversationResponseSchema, writeAlpha1Response(answer, context))
      : writeProtoJson(ConversationResponseAlpha2Schema, writeAlpha2Response(answer, context));
  return { status: 200, headers: { "content-type": "application/json", ...run.headers() }, body };
}

async function* eventsOf(reader: RunReader): AsyncGenerator<ChatEvent> {
  for (let entry = await reader.next(); entry !== undefined; entry = await reader.next()) {
    if ("error" in entry) throw entry.error;
    yield* entry.events;
  }
}
