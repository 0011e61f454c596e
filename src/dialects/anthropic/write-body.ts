import { isJsonObject, type JsonObject, type JsonValue } from "../../base/json.js";
import { answerEvents } from "../answer-events.js";
import type { Answer, WriterContext } from "../dialect.js";
import { inputObject, parseToolInput } from "../tool-input.js";
import { MessageWriter } from "./message-writer.js";
import { PIECES } from "./open-block.js";

/** A whole message: what the events of its stream add up to. */
export function writeBody(answer: Answer, context: WriterContext): JsonObject {
  const events: JsonObject[] = [];
  const writer = new MessageWriter(context);
  for (const event of answerEvents(answer)) writer.push(event, (wire) => events.push(wire));
  let message: JsonObject = {};
  const blocks: Block[] = [];
  for (const event of events) {
    if (event.type === "message_start") message = object(event.message);
    else if (event.type === "content_block_start") blocks.push({ ...object(event.content_block) });
    else if (event.type === "content_block_delta") addDelta(blocks[Number(event.index)], object(event.delta));
    else if (event.type === "message_delta") {
      const { type: _, delta, ...facts } = event;
      message = { ...message, ...object(delta), ...facts };
    }
  }
  return { ...message, content: blocks };
}

type Block = JsonObject;

function addDelta(block: Block | undefined, delta: JsonObject): void {
  if (block === undefined) return;
  switch (delta.type) {
    case "text_delta":
      block.text = `${block.text}${delta.text}`;
      return;
    case "thinking_delta":
      block.thinking = `${block.thinking}${delta.thinking}`;
      return;
    case "input_json_delta":
      // A whole answer has each input in one piece.
      block.input = inputObject(parseToolInput(String(delta[PIECES.input_json_delta])).input);
      return;
    case "signature_delta":
      block.signature = delta.signature ?? "";
      return;
    case "citations_delta":
      block.citations = [...(Array.isArray(block.citations) ? block.citations : []), delta.citation ?? null];
  }
}

function object(value: JsonValue | undefined): JsonObject {
  return isJsonObject(value) ? value : {};
}
