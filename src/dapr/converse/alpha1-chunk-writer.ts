import { create } from "@bufbuild/protobuf";
import type { ChatEvent } from "../../stream/chat-event.js";
import { SluiceError } from "../../stream/error.js";
import { totalTokens, type Usage } from "../../stream/usage.js";
import {
  type ConversationStreamResponse,
  ConversationStreamResponseSchema,
  type ConversationUsage,
  ConversationUsageSchema,
} from "../proto/generated/dapr/proto/runtime/v1/converse_stream_pb.js";
import { type AnswerContext, usageToWrite } from "./answer-context.js";
import type { ChunkWriter } from "./chunk-writer.js";
import { WholeText } from "./whole-characters.js";

/** Writes the messages of ConverseStreamAlpha1: a chunk for each piece of text, then one that completes. */
export class Alpha1ChunkWriter implements ChunkWriter<ConversationStreamResponse> {
  readonly #context: AnswerContext;
  #contextId: string | undefined;
  #text = new WholeText();
  #sent = false;

  constructor(context: AnswerContext) {
    this.#context = context;
    this.#contextId = context.call.contextId;
  }

  push(event: ChatEvent, write: (chunk: ConversationStreamResponse) => void): void {
    switch (event.type) {
      case "text-delta":
        this.#chunk(this.#text.push(event.text), write);
        return;
      case "context":
        this.#contextId = event.contextId;
        return;
      case "retract":
        if (this.#sent) throw new SluiceError("retracted", `the text that was sent is void: ${event.reason}`);
        this.#text = new WholeText();
        return;
      case "finish":
        this.#chunk(this.#text.end(), write);
        write(this.#complete(event.usage));
        return;
      default:
    }
  }

  #chunk(content: string, write: (chunk: ConversationStreamResponse) => void): void {
    if (content === "") return;
    this.#sent = true;
    write(create(ConversationStreamResponseSchema, { responseType: { case: "chunk", value: { content } } }));
  }

  #complete(usage: Usage): ConversationStreamResponse {
    const counted = usageToWrite(usage, this.#context);
    const counts = counted && writeCounts(counted);
    return create(ConversationStreamResponseSchema, {
      responseType: {
        case: "complete",
        value: {
          ...(this.#contextId !== undefined && { contextID: this.#contextId }),
          ...(counts && { usage: counts }),
        },
      },
    });
  }
}

function writeCounts(usage: Usage): ConversationUsage | undefined {
  const total = totalTokens(usage);
  if (total === undefined) return undefined;
  const { inputTokens, outputTokens } = usage;
  return create(ConversationUsageSchema, {
    ...(inputTokens !== undefined && { promptTokens: inputTokens }),
    ...(outputTokens !== undefined && { completionTokens: outputTokens }),
    totalTokens: total,
  });
}
