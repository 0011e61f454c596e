import type { CallingDialect } from "../../dialects/dialect.js";
import { SluiceError } from "../../stream/error.js";
import { Alpha2ChunkReader } from "../converse/alpha2-chunk-reader.js";
import type { ConverseTarget } from "../converse/converse-options.js";
import { readAnswerJson, toProtoJson } from "../converse/proto-json.js";
import { readHttpError } from "../converse/read-api-error.js";
import { readAlpha1Response, readAlpha2Response } from "../converse/read-response.js";
import { readAlpha2Frame } from "../converse/read-sse.js";
import { writeAlpha1Request } from "../converse/write-alpha1-request.js";
import { writeAlpha2Request } from "../converse/write-alpha2-request.js";
import {
  ConversationRequestAlpha2Schema,
  ConversationRequestSchema,
  ConversationResponseAlpha2Schema,
  ConversationResponseSchema,
} from "../proto/generated/dapr/proto/runtime/v1/ai_pb.js";

/** Dapr's conversation API over HTTP as a model calls it. Answers stream only from a Sluice sidecar. */
export function alpha2Dialect(target: ConverseTarget): CallingDialect {
  const { component } = target;
  return {
    name: "dapr",
    framing: "sse",
    writeRequest(request, { stream }) {
      const { message, warnings } = writeAlpha2Request(request, target);
      const path = `/v1.0-alpha2/conversation/${encodeURIComponent(component)}/converse${stream ? "/stream" : ""}`;
      return { path, body: toProtoJson(ConversationRequestAlpha2Schema, message), warnings };
    },
    reader() {
      const reader = new Alpha2ChunkReader({ component });
      return {
        push: (frame, emit) => readAlpha2Frame(frame, reader, emit),
        end: () => {
          if (reader.finished) return;
          throw new SluiceError("truncated", "the answer ended before it was complete", { retryable: true });
        },
      };
    },
    readBody: (body) => readAlpha2Response(readAnswerJson(ConversationResponseAlpha2Schema, body), { component }),
    readError: readHttpError,
  };
}

/** The same in its first version, which answers whole and in text only. */
export function alpha1Dialect(target: ConverseTarget): CallingDialect {
  const { component } = target;
  return {
    ...alpha2Dialect(target),
    writeRequest(request) {
      const { message, warnings } = writeAlpha1Request(request, target);
      const path = `/v1.0-alpha1/conversation/${encodeURIComponent(component)}/converse`;
      return { path, body: toProtoJson(ConversationRequestSchema, message), warnings };
    },
    readBody: (body) => readAlpha1Response(readAnswerJson(ConversationResponseSchema, body), { component }),
  };
}
