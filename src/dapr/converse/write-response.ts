import { create } from "@bufbuild/protobuf";
import type { Warning } from "../../stream/chat-event.js";
import {
  type ConversationResponse,
  type ConversationResponseAlpha2,
  ConversationResponseAlpha2Schema,
  ConversationResponseSchema,
  type ConversationToolCalls,
  ConversationToolCallsSchema,
} from "../proto/generated/dapr/proto/runtime/v1/ai_pb.js";
import { type AnswerContext, usageToWrite } from "./answer-context.js";
import type { ConverseAnswer, ConverseToolCall } from "./converse-answer.js";
import { writeUsage } from "./write-usage.js";

/** An answer of the Alpha1 API: its text only. */
export function writeAlpha1Response(answer: ConverseAnswer, { call }: AnswerContext): ConversationResponse {
  const contextID = answer.contextId ?? call.contextId;
  return create(ConversationResponseSchema, {
    ...(contextID !== undefined && { contextID }),
    outputs: [{ result: answer.text, parameters: { ...call.parameters } }],
  });
}

/** An answer of the Alpha2 API: one output with one choice. */
export function writeAlpha2Response(answer: ConverseAnswer, context: AnswerContext): ConversationResponseAlpha2 {
  const { call, model } = context;
  const contextId = answer.contextId ?? call.contextId;
  const counted = usageToWrite(answer.usage, context);
  const usage = counted && writeUsage(counted);
  return create(ConversationResponseAlpha2Schema, {
    ...(contextId !== undefined && { contextId }),
    outputs: [
      {
        choices: [
          {
            finishReason: answer.finishReason,
            message: { content: answer.text, toolCalls: answer.toolCalls.map(writeToolCall) },
          },
        ],
        ...(model !== undefined && model !== "" && { model }),
        ...(usage && { usage }),
      },
    ],
    warnings: [...call.warnings, ...answer.warnings].map(writeWarning),
  });
}

/** An option that was not sent as it was given. */
export function writeWarning({ field, message }: Warning): { field: string; message: string } {
  return { field, message };
}

/** A tool call; one without an id says none. */
export function writeToolCall({ id, name, arguments: text }: ConverseToolCall): ConversationToolCalls {
  return create(ConversationToolCallsSchema, {
    ...(id !== "" && { id }),
    toolTypes: { case: "function", value: { name, arguments: text } },
  });
}
