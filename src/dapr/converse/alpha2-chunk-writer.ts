import { create, type MessageInitShape } from "@bufbuild/protobuf";
import type { ChatEvent, FinishEvent, StartEvent } from "../../stream/chat-event.js";
import {
  type ConversationStreamResponseAlpha2,
  ConversationStreamResponseAlpha2Schema,
} from "../proto/generated/dapr/proto/runtime/v1/converse_stream_pb.js";
import { type AnswerContext, usageToWrite } from "./answer-context.js";
import type { ChunkWriter } from "./chunk-writer.js";
import { finishReasonName, refuseEmpty } from "./converse-answer.js";
import { ToolCallTexts } from "./tool-call-texts.js";
import { WholeText } from "./whole-characters.js";
import { writeToolCall, writeWarning } from "./write-response.js";
import { writeUsage } from "./write-usage.js";

type ResponseType = NonNullable<MessageInitShape<typeof ConversationStreamResponseAlpha2Schema>["responseType"]>;

/** Writes the messages of ConverseStreamAlpha2. */
export class Alpha2ChunkWriter implements ChunkWriter<ConversationStreamResponseAlpha2> {
  readonly #context: AnswerContext;
  #contextId: string | undefined;
  #calls = new ToolCallTexts();
  #text = new WholeText();
  #reasoning = new WholeText();
  #arguments = new Map<string, WholeText>();
  #answered = false;

  constructor(context: AnswerContext) {
    this.#context = context;
    this.#contextId = context.call.contextId;
  }

  push(event: ChatEvent, write: (chunk: ConversationStreamResponseAlpha2) => void): void {
    const say = (responseType: ResponseType | undefined) => {
      if (responseType !== undefined) write(create(ConversationStreamResponseAlpha2Schema, { responseType }));
    };
    if (event.type === "finish") {
      say(piece("reasoning", this.#reasoning.end()));
      say(piece("text", this.#text.end()));
    }
    say(this.#response(event));
  }

  #response(event: ChatEvent): ResponseType | undefined {
    switch (event.type) {
      case "start":
        return this.#start(event);
      case "text-delta":
        if (event.text !== "") this.#answered = true;
        return piece("text", this.#text.push(event.text));
      case "reasoning-delta":
        return piece("reasoning", this.#reasoning.push(event.text));
      case "tool-input-delta": {
        if (event.providerExecuted) return undefined;
        this.#calls.push(event);
        const { callId, name, delta } = event;
        const index = this.#calls.indexOf(callId);
        return { case: "toolCallDelta", value: { index, id: callId, name, arguments: this.#whole(callId, delta) } };
      }
      case "tool-call": {
        if (event.providerExecuted) return undefined;
        this.#answered = true;
        const index = this.#calls.indexOf(event.callId);
        return { case: "toolCall", value: { index, toolCall: writeToolCall(this.#calls.complete(event)) } };
      }
      case "usage": {
        const usage = writeUsage(event.usage);
        return usage && { case: "usage", value: usage };
      }
      case "context":
        this.#contextId = event.contextId;
        return undefined;
      case "retract":
        this.#calls = new ToolCallTexts();
        this.#text = new WholeText();
        this.#reasoning = new WholeText();
        this.#arguments = new Map();
        this.#answered = false;
        return { case: "retract", value: { reason: event.reason } };
      case "finish":
        return this.#complete(event);
      // Results of tools that ran on the way, sources, files and steps have no place in Dapr's answers.
      case "tool-result":
      case "input-request":
      case "sentence":
      case "audio-delta":
      case "nested":
      case "source":
      case "file":
      case "data":
      case "step-start":
      case "step-finish":
        return undefined;
      default:
        event satisfies never;
        return undefined;
    }
  }

  #whole(callId: string, delta: string): string {
    let characters = this.#arguments.get(callId);
    if (characters === undefined) {
      characters = new WholeText();
      this.#arguments.set(callId, characters);
    }
    return characters.push(delta);
  }

  #start({ id, simulated, warnings = [] }: StartEvent): ResponseType {
    const value = {
      id,
      simulated: simulated === true,
      ...this.#model(),
      warnings: [...this.#context.call.warnings, ...warnings].map(writeWarning),
    };
    return { case: "start", value };
  }

  #complete({ reason, usage }: FinishEvent): ResponseType {
    refuseEmpty(this.#context.call, this.#answered);
    const counted = usageToWrite(usage, this.#context);
    const counts = counted && writeUsage(counted);
    return {
      case: "complete",
      value: {
        finishReason: finishReasonName(reason),
        ...(this.#contextId !== undefined && { contextId: this.#contextId }),
        ...this.#model(),
        ...(counts && { usage: counts }),
      },
    };
  }

  #model(): { model?: string } {
    const { model } = this.#context;
    return model === undefined || model === "" ? {} : { model };
  }
}

function piece(kind: "text" | "reasoning", content: string): ResponseType | undefined {
  return content === "" ? undefined : { case: kind, value: { content } };
}
