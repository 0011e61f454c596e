import { isJsonObject } from "../../base/json.js";
import type { HistoryRules } from "../../dialects/history/history-rules.js";
import { prepareHistory } from "../../dialects/history/prepare-history.js";
import type { Warning } from "../../stream/chat-event.js";
import type {
  AssistantPart,
  ChatMessage,
  FilePart,
  SystemMessage,
  TextPart,
  ToolResultPart,
} from "../../stream/message.js";
import { isRequest, resultsOf } from "../../stream/message.js";
import type { AiSdkTarget } from "./call-target.js";
import { AI_SDK, SLUICE } from "./metadata.js";
import { writeOpaquePart } from "./opaque-parts.js";
import { writePartOptions } from "./part-options.js";
import { writeToolOutput } from "./tool-output.js";
import { writeFile } from "./write-file.js";

/**
 * Messages as a prompt.
 *
 * @param warnings are added to where something has no place.
 * @throws {SluiceError} `unsupported`, naming the field.
 */
export function writePrompt(messages: readonly ChatMessage[], target: AiSdkTarget, warnings: Warning[]): object[] {
  const writer = new PromptWriter(target, warnings);
  // A model of ours prepares its history itself, and sees what waits in it.
  const prepared =
    target.provider === SLUICE
      ? { messages, paths: messages.map((_, index) => `messages[${index}]`) }
      : prepareHistory(messages, AI_SDK_HISTORY, warnings);
  for (const [index, message] of prepared.messages.entries()) writer.push(message, prepared.paths[index] ?? "messages");
  return writer.prompt;
}

/** What its providers refuse themselves, they know better. */
const AI_SDK_HISTORY: HistoryRules = { dialect: AI_SDK, filesInAnswers: true, resultFiles: ["image", "heic", "audio"] };

interface WrittenMessage {
  role: "assistant" | "tool";
  content: object[];
}

class PromptWriter {
  readonly prompt: object[] = [];
  readonly #target: AiSdkTarget;
  readonly #warnings: Warning[];
  /** The message that the parts of one answer go to; a tool's results in its midst begin another. */
  #current: WrittenMessage | undefined;

  constructor(target: AiSdkTarget, warnings: Warning[]) {
    this.#target = target;
    this.#warnings = warnings;
  }

  push(message: ChatMessage, field: string): void {
    this.#current = undefined;
    switch (message.role) {
      case "system":
        this.prompt.push(...writeSystem(message));
        return;
      case "user":
        if (message.name !== undefined) {
          this.#warnings.push({ field: `${field}.name`, message: "left out: the AI SDK has no names of users" });
        }
        this.prompt.push({ role: "user", content: this.#userContent(message.content, field) });
        return;
      case "assistant":
        for (const [index, part] of partsOf(message.content).entries()) {
          this.#assistantPart(part, `${field}.content[${index}]`);
        }
        return;
      case "tool":
        for (const part of resultsOf(message)) this.#add("tool", this.#result(part));
        return;
      default:
        message satisfies never;
    }
  }

  #userContent(content: string | (TextPart | FilePart)[], field: string): object[] {
    return partsOf(content).map((part, index) =>
      part.type === "text" ? writeText(part) : writeFile(part, this.#target, `${field}.content[${index}]`),
    );
  }

  #assistantPart(part: AssistantPart, field: string): void {
    switch (part.type) {
      case "text":
        if (part.text !== "" || part.opaque !== undefined) this.#add("assistant", writeText(part));
        return;
      case "reasoning":
        this.#add("assistant", { type: "reasoning", text: part.text, ...writePartOptions(part) });
        return;
      case "tool-call": {
        const { callId: toolCallId, name: toolName, input, providerExecuted } = part;
        const call = { type: "tool-call", toolCallId, toolName, input, ...(providerExecuted && { providerExecuted }) };
        this.#add("assistant", { ...call, ...writePartOptions(part) });
        return;
      }
      case "tool-result":
        this.#add(part.providerExecuted ? "assistant" : "tool", this.#result(part));
        return;
      case "file":
        this.#add("assistant", writeFile(part, this.#target, field));
        return;
      case "opaque": {
        if (isRequest(part) && this.#target.provider !== SLUICE) return;
        const written = writeOpaquePart(part, this.#target);
        if ("message" in written) this.#warnings.push({ field, message: written.message });
        else if (written.part !== undefined) this.#add(written.role, written.part);
        return;
      }
      case "input-request":
        return;
      case "source":
        // What was cited is part of an answer, and of no prompt.
        return;
      default:
        part satisfies never;
    }
  }

  #result(part: ToolResultPart): object {
    const { callId: toolCallId, name: toolName, output, isError = false, providerExecuted } = part;
    const { version } = this.#target;
    const whole = providerExecuted === true && typeof output !== "string" && !isJsonObject(output);
    // What a provider returned is its own form, whatever it looks like.
    const written = whole
      ? { type: isError ? "error-json" : "json", value: output }
      : writeToolOutput(output, isError, version);
    return { type: "tool-result", toolCallId, toolName, output: written, ...writePartOptions(part) };
  }

  #add(role: WrittenMessage["role"], part: object): void {
    if (this.#current?.role !== role) {
      this.#current = { role, content: [] };
      this.prompt.push(this.#current);
    }
    this.#current.content.push(part);
  }
}

/** Instructions are text; what belongs to one part of them needs a message of its own. */
function writeSystem({ content }: SystemMessage): object[] {
  const parts = partsOf(content);
  if (!parts.some((part) => part.opaque !== undefined || part.cache !== undefined)) {
    return [{ role: "system", content: parts.map((part) => part.text).join("") }];
  }
  return parts.map((part) => ({ role: "system", content: part.text, ...writePartOptions(part) }));
}

function writeText(part: TextPart): object {
  return { type: "text", text: part.text, ...writePartOptions(part, part.refusal && { refusal: true }) };
}

function partsOf<Part>(content: string | readonly Part[]): readonly (Part | TextPart)[] {
  return typeof content === "string" ? [{ type: "text", text: content }] : content;
}
