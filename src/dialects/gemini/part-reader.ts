import { decodeBase64 } from "../../base/base64.js";
import { isJsonObject, type JsonObject } from "../../base/json.js";
import type { Emit } from "../../stream/chat-event.js";
import { providerData } from "../../stream/data-name.js";
import { malformed } from "../parse-frame.js";
import { AnswerText } from "./answer-text.js";
import { newCallId } from "./call-ids.js";
import { FunctionCalls } from "./function-calls.js";
import { objectOf, otherFields, ownOpaque } from "./opaque.js";
import { readState } from "./signatures.js";
import { readToolResponse } from "./tool-response.js";

/** Under what name our events speak of code that Gemini runs. */
const CODE_EXECUTION = "code_execution";

/** Settings of a `GeminiPartReader`. */
export interface PartReaderOptions {
  /** Whether each part is whole, as in a body; in a stream and in its history, parts of a kind go on with each other. */
  whole?: boolean;
  /** Makes the id of a call that has none. */
  newId?: () => string;
}

/** Turns the parts of one answer into events. */
export class GeminiPartReader {
  readonly text = new AnswerText();
  readonly calls: FunctionCalls;
  readonly #whole: boolean;
  readonly #newId: () => string;
  /** The code that ran last, for a result that does not name it. */
  #code: string | undefined;

  constructor({ whole = false, newId = newCallId }: PartReaderOptions = {}) {
    this.#whole = whole;
    this.#newId = newId;
    this.calls = new FunctionCalls(newId);
  }

  push(part: JsonObject, emit: Emit): void {
    if (!isJsonObject(part.functionCall)) this.calls.release(emit);
    if (typeof part.text === "string") this.#textPart(part, part.text, emit);
    else if (isJsonObject(part.functionCall)) this.#functionCall(part, emit);
    else if (isJsonObject(part.executableCode)) this.#executableCode(part, part.executableCode, emit);
    else if (isJsonObject(part.codeExecutionResult)) this.#codeResult(part, part.codeExecutionResult, emit);
    else if (isJsonObject(part.toolCall)) this.#toolCall(part, part.toolCall, emit);
    else if (isJsonObject(part.toolResponse)) this.#toolResponse(part, part.toolResponse, emit);
    else if (isJsonObject(part.inlineData)) this.#file(part, part.inlineData, emit);
    else this.#other(part, emit);
  }

  /** A piece of text that is nothing else. */
  piece(text: string, thought: boolean, emit: Emit): void {
    if (text === "") return;
    this.calls.release(emit);
    const block = this.text.place(thought ? "reasoning" : "text", this.#whole);
    if (!thought) this.text.push(text);
    emit({ type: thought ? "reasoning-delta" : "text-delta", text, block });
  }

  #textPart(part: JsonObject, text: string, emit: Emit): void {
    const { opaque, carried } = readState(part, ["text", "thought"]);
    if (carried?.kind === "data") {
      this.text.place("other", true);
      emit({ type: "data", name: carried.name, value: carried.value, opaque: carried.opaque });
      return;
    }
    const thought = part.thought === true;
    if (opaque === undefined) {
      this.piece(text, thought, emit);
      return;
    }
    const kind = thought ? "reasoning" : "text";
    // A signature of Google's belongs to its own part, which must come back as it came; another provider's to all before it.
    const before = text === "" && carried !== undefined && !(carried.kind === "text" && carried.alone);
    const block = before ? this.text.close(kind) : this.text.place(kind, true);
    if (!thought) this.text.push(text);
    emit({ type: thought ? "reasoning-delta" : "text-delta", text, block, opaque });
  }

  #functionCall(part: JsonObject, emit: Emit): void {
    this.#place();
    if (!this.calls.push(part, emit)) this.#other(part, emit);
  }

  #executableCode(part: JsonObject, code: JsonObject, emit: Emit): void {
    this.#place();
    const callId = typeof code.id === "string" ? code.id : this.#newId();
    this.#code = callId;
    const { opaque } = readState(part, ["executableCode"], { executableCode: {} });
    const input = otherFields(code, ["id"]);
    const call = { type: "tool-call", callId, name: CODE_EXECUTION, input, providerExecuted: true } as const;
    emit({ ...call, ...(opaque && { opaque }) });
  }

  #codeResult(part: JsonObject, result: JsonObject, emit: Emit): void {
    this.#place();
    const callId = typeof result.id === "string" ? result.id : (this.#code ?? this.#newId());
    const { opaque } = readState(part, ["codeExecutionResult"], { codeExecutionResult: {} });
    emit({
      type: "tool-result",
      callId,
      name: CODE_EXECUTION,
      output: otherFields(result, ["id"]),
      ...(result.outcome !== "OUTCOME_OK" && { isError: true }),
      providerExecuted: true,
      ...(opaque && { opaque }),
    });
  }

  /** A tool that ran elsewhere: one of Google's, or one behind Sluice, which its reader must not send to Google. */
  #toolCall(part: JsonObject, call: JsonObject, emit: Emit): void {
    this.#place();
    const callId = typeof call.id === "string" ? call.id : this.#newId();
    const { opaque } = readState(part, ["toolCall"], markOf("toolCall", call, ["args"]));
    const name = typeof call.toolType === "string" ? call.toolType : "tool";
    const event = { type: "tool-call", callId, name, input: call.args ?? {}, providerExecuted: true } as const;
    emit({ ...event, ...(opaque && { opaque }) });
  }

  #toolResponse(part: JsonObject, result: JsonObject, emit: Emit): void {
    this.#place();
    const callId = typeof result.id === "string" ? result.id : this.#newId();
    const { opaque } = readState(part, ["toolResponse"], markOf("toolResponse", result, ["response"]));
    const name = typeof result.toolType === "string" ? result.toolType : "tool";
    const output = readToolResponse(objectOf(result.response));
    const event = { type: "tool-result", callId, name, ...output, providerExecuted: true } as const;
    emit({ ...event, ...(opaque && { opaque }) });
  }

  #file(part: JsonObject, { mimeType, data, ...more }: JsonObject, emit: Emit): void {
    this.#place();
    if (typeof data !== "string") {
      this.#other(part, emit);
      return;
    }
    const extra = Object.keys(more).length > 0 ? { inlineData: more } : {};
    const { opaque } = readState(part, ["inlineData"], extra);
    const mediaType = typeof mimeType === "string" ? mimeType : "application/octet-stream";
    emit({ type: "file", mediaType, data: bytesOf(data), ...(opaque && { opaque }) });
  }

  /** A part that no event of its own carries: it is emitted as data, and sent back as it was. */
  #other(part: JsonObject, emit: Emit): void {
    const fields = otherFields(part, []);
    const keys = Object.keys(fields);
    if (keys.length === 0) return;
    const name = keys.find((key) => key !== "thought" && key !== "thoughtSignature") ?? "part";
    emit({ type: "data", name: providerData(name), value: fields, opaque: ownOpaque(fields) });
  }

  #place(): void {
    this.text.place("other", true);
  }
}

/** Google's types of tools are words in capitals; other names are those of tools that Google does not have. */
function markOf(key: string, call: JsonObject, carried: readonly string[]): JsonObject {
  const { toolType } = call;
  const foreign = typeof toolType === "string" && !/^[A-Z][A-Z_]*$/.test(toolType);
  return foreign ? {} : { [key]: otherFields(call, ["id", "toolType", ...carried]) };
}

function bytesOf(base64: string): Uint8Array {
  try {
    return decodeBase64(base64.replaceAll("-", "+").replaceAll("_", "/"));
  } catch (cause) {
    throw malformed(base64, "a file that is not base64", cause);
  }
}
