import { encodeBase64 } from "../../base/base64.js";
import { isJsonObject, type JsonObject } from "../../base/json.js";
import type { ToolCallPart, ToolResultPart } from "../../stream/message.js";
import type { Opaque } from "../../stream/opaque.js";
import { inputObject } from "../tool-input.js";
import { idField } from "./call-ids.js";
import { objectOf, ownData } from "./opaque.js";
import type { WriteState } from "./signatures.js";
import { writeToolResponse } from "./tool-response.js";

/** The parts of an answer, as a model says them and as a client brings them back. */
export class GeminiPartWriter {
  readonly #state: WriteState;
  readonly #id: (callId: string) => { id?: string };

  /**
   * @param state how the state of an event is written.
   * @param id how the id of a call is written: ours for a call without one is of use to clients and not to Google.
   */
  constructor(state: WriteState, id = idField) {
    this.#state = state;
    this.#id = id;
  }

  text(text: string, opaque: Opaque | undefined): JsonObject {
    const own = ownData(opaque);
    // A part that is no text, and only was read as one.
    if (own !== undefined && isWhole(own)) return own;
    return { text, ...this.#state(opaque, "text") };
  }

  reasoning(text: string, opaque: Opaque | undefined): JsonObject {
    return { text, thought: true, ...this.#state(opaque, "reasoning") };
  }

  call({ callId, name, input, opaque }: Pick<ToolCallPart, "callId" | "name" | "input" | "opaque">): JsonObject {
    const state = this.#state(opaque, "tool-call", callId);
    const args = inputObject(input);
    if (isJsonObject(state.executableCode)) {
      return { ...state, executableCode: { ...state.executableCode, ...idField(callId), ...args } };
    }
    if (isJsonObject(state.toolCall)) {
      return { ...state, toolCall: { ...state.toolCall, ...idField(callId), toolType: name, args } };
    }
    return { ...state, functionCall: { ...objectOf(state.functionCall), ...this.#id(callId), name, args } };
  }

  /** A call of a tool that runs neither at the client's nor at Google's. */
  foreignCall({ callId, name, input, opaque }: ToolCallPart): JsonObject {
    const state = this.#state(opaque, "tool-call", callId);
    return { ...state, toolCall: { id: callId, toolType: name, args: inputObject(input) } };
  }

  /** What a tool of Google's returned, or one that `foreignCall` called. */
  result({ callId, name, output, isError, opaque }: Omit<ToolResultPart, "type">): JsonObject {
    const state = this.#state(opaque, "tool-result", callId);
    if (isJsonObject(state.codeExecutionResult)) {
      return {
        ...state,
        codeExecutionResult: { ...state.codeExecutionResult, ...idField(callId), ...objectOf(output) },
      };
    }
    const { response, parts } = writeToolResponse({ output, ...(isError && { isError }) });
    const files = parts.length > 0 ? { parts } : {};
    const toolResponse = { ...objectOf(state.toolResponse), ...idField(callId), toolType: name, response, ...files };
    return { ...state, toolResponse };
  }

  file(mediaType: string, data: Uint8Array, opaque: Opaque | undefined): JsonObject {
    const state = this.#state(opaque, "text");
    return { ...state, inlineData: { ...objectOf(state.inlineData), mimeType: mediaType, data: encodeBase64(data) } };
  }
}

/** What may stand beside the content of a part. */
const BESIDE = [
  "thought",
  "thoughtSignature",
  "partMetadata",
  "videoMetadata",
  "mediaResolution",
  "mediaProcessing",
  "speechMetadata",
];

function isWhole(part: JsonObject): boolean {
  return Object.keys(part).some((key) => !BESIDE.includes(key));
}
