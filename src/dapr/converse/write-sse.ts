import type { Frame } from "../../stream/framing/frame.js";
import type {
  ConversationStreamResponse,
  ConversationStreamResponseAlpha2,
} from "../proto/generated/dapr/proto/runtime/v1/converse_stream_pb.js";
import {
  ConversationStreamResponseAlpha2Schema,
  ConversationStreamResponseSchema,
} from "../proto/generated/dapr/proto/runtime/v1/converse_stream_pb.js";
import { type ApiError, writeErrorBody } from "./api-error.js";
import type { ErrorDetail } from "./error-detail.js";
import { writeProtoJson } from "./proto-json.js";

/** A message of ConverseStreamAlpha1 as an SSE frame: its protojson. */
export function writeAlpha1Frame(chunk: ConversationStreamResponse): Frame {
  const { responseType } = chunk;
  // The one frame that comes often is written without a walk through its description.
  if (responseType.case === "chunk")
    return { data: `{"chunk":{"content":${JSON.stringify(responseType.value.content)}}}` };
  return { data: writeProtoJson(ConversationStreamResponseSchema, chunk) };
}

/** A message of ConverseStreamAlpha2 as an SSE frame: its protojson. */
export function writeAlpha2Frame(chunk: ConversationStreamResponseAlpha2): Frame {
  const { responseType } = chunk;
  if (responseType.case === "text")
    return { data: `{"text":{"content":${JSON.stringify(responseType.value.content)}}}` };
  return { data: writeProtoJson(ConversationStreamResponseAlpha2Schema, chunk) };
}

/** An error after the answer began, as an SSE frame: the body that it would have had before. */
export function writeErrorFrame(error: ApiError, detail?: ErrorDetail): Frame {
  return { event: "error", data: writeErrorBody(error, detail) };
}
