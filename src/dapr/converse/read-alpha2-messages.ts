import { parseToolInput } from "../../dialects/tool-input.js";
import type {
  AssistantPart,
  ChatMessage,
  FilePart,
  TextPart,
  ToolCallPart,
  ToolResultPart,
} from "../../stream/message.js";
import type {
  ConversationInputAlpha2,
  ConversationMessage,
  ConversationMessageContent,
  ConversationMessageFile,
  ConversationMessageOfAssistant,
  ConversationMessageOfTool,
} from "../proto/generated/dapr/proto/runtime/v1/ai_pb.js";
import { invalidParams } from "./api-error.js";
import { carryWords } from "./carried.js";
import type { ConversationInput } from "./converse-call.js";

/**
 * The messages of a request's inputs. A message without content is left out. Tool calls and results that have no id are
 * given one, and their own words are kept beside it.
 *
 * @throws {SluiceError} `invalid-request` in daprd's words, at the first message that is not one.
 */
export function readAlpha2Messages(component: string, inputs: readonly ConversationInputAlpha2[]): ConversationInput[] {
  const reader = new MessageReader(component);
  return inputs.map(({ messages, scrubPii }) => ({
    messages: messages.flatMap((message) => reader.read(message)),
    scrub: scrubPii ?? false,
  }));
}

class MessageReader {
  readonly #component: string;
  /** Calls so far, the newest last, that no result has answered. */
  #open: ToolCallPart[] = [];
  #unnamed = 0;

  constructor(component: string) {
    this.#component = component;
  }

  read({ messageTypes }: ConversationMessage): ChatMessage[] {
    switch (messageTypes.case) {
      // daprd has no role of its own for developers: they speak as users do.
      case "ofDeveloper":
      case "ofUser": {
        const { content } = messageTypes.value;
        return content.length === 0 ? [] : [{ role: "user", content: content.map((part) => this.#userPart(part)) }];
      }
      case "ofSystem": {
        const { content } = messageTypes.value;
        return content.length === 0 ? [] : [{ role: "system", content: content.map((part) => this.#textPart(part)) }];
      }
      case "ofAssistant":
        return this.#assistant(messageTypes.value);
      case "ofTool":
        return this.#tool(messageTypes.value);
      case undefined:
        throw invalidParams(this.#component, "message type cannot be nil");
      default:
        throw invalidParams(this.#component, "unsupported message type");
    }
  }

  #assistant({ content, toolCalls }: ConversationMessageOfAssistant): ChatMessage[] {
    const parts: AssistantPart[] = content.map((part) => this.#textPart(part));
    for (const { id = "", toolTypes } of toolCalls) {
      if (toolTypes.case === undefined) throw invalidParams(this.#component, "tool types cannot be nil");
      const { name, arguments: text } = toolTypes.value;
      const input = parseToolInput(text);
      const part: ToolCallPart = {
        type: "tool-call",
        callId: id || `call_${this.#unnamed++}`,
        name: name || "tool",
        ...input,
        opaque: carryWords({ id, name, arguments: text }),
      };
      parts.push(part);
      this.#open.push(part);
    }
    return parts.length === 0 ? [] : [{ role: "assistant", content: parts }];
  }

  #tool({ toolId = "", name, content }: ConversationMessageOfTool): ChatMessage[] {
    if (content.length === 0) return [];
    const call = this.#callOf(toolId, name);
    const callId = toolId || call?.callId || name || "tool";
    const parts = content.map(
      (part): ToolResultPart => ({
        type: "tool-result",
        callId,
        name: name || call?.name || "tool",
        output: this.#textPart(part).text,
        opaque: carryWords({ id: toolId, name }),
      }),
    );
    return [{ role: "tool", content: parts }];
  }

  /** The call that a result answers: the one of its id, or else the oldest open one of its name. */
  #callOf(id: string, name: string): ToolCallPart | undefined {
    const call = this.#open.find((open) => (id === "" ? open.name === name : open.callId === id));
    this.#open = this.#open.filter((open) => open !== call);
    return call;
  }

  #textPart({ text, file }: ConversationMessageContent): TextPart {
    if (file !== undefined) throw invalidParams(this.#component, "only messages of the user can have files");
    return { type: "text", text };
  }

  #userPart(content: ConversationMessageContent): TextPart | FilePart {
    const { file } = content;
    return file === undefined ? this.#textPart(content) : this.#filePart(file);
  }

  #filePart({ mediaType, source, filename, detail }: ConversationMessageFile): FilePart {
    if (mediaType === "") throw invalidParams(this.#component, "a file must have a mediaType");
    if (source.case === undefined) throw invalidParams(this.#component, "a file must have data, a url or an id");
    if (detail !== undefined && !isDetail(detail)) {
      throw invalidParams(this.#component, "the detail of a file must be 'auto', 'low' or 'high'");
    }
    const data =
      source.case === "data" ? source.value : source.case === "url" ? { url: source.value } : { id: source.value };
    return {
      type: "file",
      mediaType,
      data,
      ...(filename !== undefined && { filename }),
      ...(detail !== undefined && { detail }),
    };
  }
}

function isDetail(text: string): text is NonNullable<FilePart["detail"]> {
  return text === "auto" || text === "low" || text === "high";
}
