import { isJsonObject, type JsonObject } from "../../base/json.js";
import type { Warning } from "../../stream/chat-event.js";
import type {
  AssistantPart,
  ChatMessage,
  FilePart,
  TextPart,
  ToolCallPart,
  ToolResultPart,
} from "../../stream/message.js";
import { resultsOf } from "../../stream/message.js";
import { GEMINI_HISTORY } from "../history/history-rules.js";
import { prepareHistory } from "../history/prepare-history.js";
import { isKeptFact } from "./answer-facts.js";
import { idField } from "./call-ids.js";
import type { GeminiTraits } from "./model-traits.js";
import { objectOf, ownData } from "./opaque.js";
import { NO_SIGNATURE, writeOwnState } from "./signatures.js";
import { writeToolResponse } from "./tool-response.js";
import { writeFile } from "./write-file.js";
import { GeminiPartWriter } from "./write-part.js";

/** The parts of a request that its messages make up. */
export interface WireMessages {
  systemInstruction?: JsonObject;
  contents: JsonObject[];
}

interface Content extends JsonObject {
  role: "user" | "model";
  parts: JsonObject[];
}

/** Messages in Gemini's terms: instructions apart, results of functions in one content of the user's. */
export function writeMessages(
  messages: readonly ChatMessage[],
  traits: GeminiTraits,
  warnings: Warning[],
): WireMessages {
  return new MessagesWriter(traits, warnings).write(messages);
}

class MessagesWriter {
  readonly #traits: GeminiTraits;
  readonly #warnings: Warning[];
  readonly #parts = new GeminiPartWriter(writeOwnState);
  readonly #system: JsonObject[] = [];
  readonly #contents: Content[] = [];

  constructor(traits: GeminiTraits, warnings: Warning[]) {
    this.#traits = traits;
    this.#warnings = warnings;
  }

  write(messages: readonly ChatMessage[]): WireMessages {
    const prepared = prepareHistory(messages, GEMINI_HISTORY, this.#warnings);
    for (const [index, message] of prepared.messages.entries())
      this.#message(message, prepared.paths[index] ?? "messages");
    return {
      ...(this.#system.length > 0 && { systemInstruction: { parts: this.#system } }),
      contents: this.#contents,
    };
  }

  #message(message: ChatMessage, path: string): void {
    switch (message.role) {
      case "system":
        this.#systemMessage(message.content, path);
        return;
      case "user":
        if (message.name !== undefined) this.#warn(`${path}.name`, "not sent: Gemini does not tell users apart");
        this.#user(message.content, path);
        return;
      case "assistant":
        if (typeof message.content === "string") this.#add("model", [{ text: message.content }]);
        else this.#assistant(message.content, path);
        return;
      case "tool":
        this.#results(resultsOf(message));
        return;
      default:
        message satisfies never;
    }
  }

  #systemMessage(content: string | TextPart[], path: string): void {
    if (this.#contents.length > 0) {
      this.#warn(path, "moved before the conversation, where Gemini takes instructions");
    }
    const parts: TextPart[] = typeof content === "string" ? [{ type: "text", text: content }] : content;
    const filled = parts.filter((part) => !isEmpty(part));
    this.#system.push(...filled.map(({ text, opaque }) => this.#parts.text(text, opaque)));
  }

  #user(content: string | (TextPart | FilePart)[], path: string): void {
    const parts: (TextPart | FilePart)[] = typeof content === "string" ? [{ type: "text", text: content }] : content;
    const wire = parts.flatMap((part, index) => {
      if (part.type === "file") return [writeFile(part, this.#traits, `${path}.content[${index}]`, this.#warnings)];
      return isEmpty(part) ? [] : [this.#parts.text(part.text, part.opaque)];
    });
    this.#add("user", wire);
  }

  #assistant(parts: readonly AssistantPart[], path: string): void {
    const written = parts.map((part, index) => this.#assistantPart(part, `${path}.content[${index}]`));
    this.#add(
      "model",
      written.filter((part) => part !== undefined),
    );
  }

  #assistantPart(part: AssistantPart, field: string): JsonObject | undefined {
    switch (part.type) {
      case "text":
        return isEmpty(part) ? undefined : this.#parts.text(part.text, part.opaque);
      case "reasoning":
        if (part.opaque !== undefined && ownData(part.opaque) === undefined) {
          return this.#leaveOut(field, "reasoning of another provider");
        }
        return this.#parts.reasoning(part.text, part.opaque);
      case "tool-call":
        return this.#call(part, field);
      case "tool-result":
        if (ownData(part.opaque) === undefined) {
          return this.#leaveOut(field, "the result of a tool that another provider ran");
        }
        return this.#parts.result(part);
      case "file":
        return writeFile(part, this.#traits, field, this.#warnings);
      case "opaque": {
        const own = ownData(part.opaque);
        if (own === undefined) return this.#leaveOut(field, `state of ${part.opaque.dialect}`);
        return isKeptFact(own) ? undefined : own;
      }
      // Of use to people only: Google takes none back.
      case "source":
      case "input-request":
        return undefined;
      default:
        return part satisfies never;
    }
  }

  #call(part: ToolCallPart, field: string): JsonObject | undefined {
    if (part.providerExecuted && ownData(part.opaque) === undefined) {
      return this.#leaveOut(field, "a tool that another provider ran");
    }
    return this.#parts.call(part);
  }

  /**
   * The results of one answer. Models that take no files in a result get them behind all of them: there may be nothing else
   * in the content of parallel results.
   */
  #results(results: readonly ToolResultPart[]): void {
    const files: JsonObject[] = [];
    this.#add(
      "user",
      results.map((part) => this.#result(part, files)),
    );
    this.#add("user", files);
  }

  #result(part: ToolResultPart, files: JsonObject[]): JsonObject {
    const { functionResponse, ...beside } = ownData(part.opaque) ?? {};
    const more = objectOf(functionResponse);
    const { response, parts } = writeToolResponse(part);
    const own = Array.isArray(more.parts) ? more.parts.filter(isJsonObject) : [];
    const media = [...parts, ...own];
    const inside = this.#traits.mediaParts && media.length > 0;
    if (!inside) files.push(...media);
    const wire = { ...more, ...idField(part.callId), name: part.name, response, ...(inside && { parts: media }) };
    return { ...beside, functionResponse: wire };
  }

  #add(role: Content["role"], parts: JsonObject[]): void {
    if (parts.length === 0) return;
    this.#contents.push({ role, parts: role === "model" && this.#traits.signatures ? signed(parts) : parts });
  }

  #leaveOut(field: string, why: string): undefined {
    this.#warn(field, `left out: ${why}`);
  }

  #warn(field: string, message: string): void {
    this.#warnings.push({ field, message });
  }
}

/** The API refuses texts without a character, whose loss means nothing. */
function isEmpty({ text, opaque }: TextPart): boolean {
  return text === "" && ownData(opaque) === undefined;
}

/** The first call of each turn must have the signature of its reasoning, or the word for none. */
function signed(parts: JsonObject[]): JsonObject[] {
  const first = parts.findIndex((part) => part.functionCall !== undefined);
  return parts.map((part, index) =>
    index === first && part.thoughtSignature === undefined ? { ...part, thoughtSignature: NO_SIGNATURE } : part,
  );
}
