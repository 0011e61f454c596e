import type { JsonValue } from "../../base/json.js";
import { scrubStage, scrubText } from "../../guards/pii/scrub-text.js";
import type { ChatEvent, Emit } from "../../stream/chat-event.js";
import type { ChatMessage, TextPart } from "../../stream/message.js";
import type { Stage } from "../../stream/stage.js";
import type { ConverseCall } from "../converse/converse-call.js";

/**
 * The call with personal data taken out of those of its inputs that ask for it: every text, results of tools as well, but
 * not the arguments of tool calls, as daprd does it.
 */
export function scrubInputs(call: ConverseCall): ConverseCall {
  if (call.inputs.every(({ scrub }) => !scrub)) return call;
  const inputs = call.inputs.map((input) =>
    input.scrub ? { ...input, messages: input.messages.map(scrubbed) } : input,
  );
  return { ...call, inputs };
}

function scrubbed(message: ChatMessage): ChatMessage {
  switch (message.role) {
    case "system":
      return { ...message, content: scrubContent(message.content) };
    case "user":
      return { ...message, content: scrubContent(message.content) };
    case "assistant":
      return { ...message, content: scrubContent(message.content) };
    case "tool": {
      return {
        ...message,
        content: message.content.map((part) =>
          part.type === "tool-result" ? { ...part, output: scrubOutput(part.output) } : part,
        ),
      };
    }
    default:
      return message satisfies never;
  }
}

/** What is no text is looked at as the text that a model is sent; it stays what it is where nothing is found. */
function scrubOutput(output: JsonValue): JsonValue {
  if (typeof output === "string") return scrubText(output);
  const text = JSON.stringify(output);
  const clean = scrubText(text);
  return clean === text ? output : clean;
}

function scrubContent<Part extends { type: string }>(
  content: string | (Part | TextPart)[],
): string | (Part | TextPart)[] {
  if (typeof content === "string") return scrubText(content);
  return content.map((part) => (isText(part) ? { ...part, text: scrubText(part.text) } : part));
}

function isText(part: { type: string }): part is TextPart {
  return part.type === "text";
}

/** Takes personal data out of what an answer says; arguments of tool calls pass as they are, as in daprd. */
export function scrubAnswerStage(): Stage {
  return new ScrubAnswerStage();
}

class ScrubAnswerStage implements Stage {
  readonly #scrub = scrubStage();

  push(event: ChatEvent, emit: Emit): void {
    if (event.type !== "tool-input-delta" && event.type !== "tool-call") {
      this.#scrub.push(event, emit);
      return;
    }
    // What is buffered comes before the call.
    this.#scrub.end?.(emit);
    emit(event);
  }

  end(emit: Emit): void {
    this.#scrub.end?.(emit);
  }
}
