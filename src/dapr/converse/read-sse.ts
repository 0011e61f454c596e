import { fromJson } from "@bufbuild/protobuf";
import { isJsonObject, type JsonValue, parseJson } from "../../base/json.js";
import type { Emit } from "../../stream/chat-event.js";
import { SluiceError } from "../../stream/error.js";
import type { Frame } from "../../stream/framing/frame.js";
import { ConversationStreamResponseAlpha2Schema } from "../proto/generated/dapr/proto/runtime/v1/converse_stream_pb.js";
import type { Alpha2ChunkReader } from "./alpha2-chunk-reader.js";
import { readErrorBody } from "./read-api-error.js";

/**
 * Reads an SSE frame of a streamed answer.
 *
 * @throws {SluiceError} the error that the frame says; `malformed-frame` for one that cannot be read.
 */
export function readAlpha2Frame(frame: Frame, reader: Alpha2ChunkReader, emit: Emit): void {
  const json = parsed(frame.data);
  if (frame.event === "error") throw readErrorBody(json, undefined);
  const text = isJsonObject(json) ? json.text : undefined;
  // The one frame that comes often is read without a walk through its description.
  if (isJsonObject(text) && typeof text.content === "string") {
    reader.pushText(text.content, emit);
    return;
  }
  try {
    reader.push(fromJson(ConversationStreamResponseAlpha2Schema, json, { ignoreUnknownFields: true }), emit);
  } catch (cause) {
    if (cause instanceof SluiceError) throw cause;
    throw malformed(frame.data, cause);
  }
}

function parsed(text: string): JsonValue {
  try {
    return parseJson(text);
  } catch (cause) {
    throw malformed(text, cause);
  }
}

function malformed(text: string, cause: unknown): SluiceError {
  return new SluiceError("malformed-frame", "a frame of the answer is not a message of ConverseStreamAlpha2", {
    frame: text.slice(0, 500),
    cause,
  });
}
