import { isJsonObject, type JsonObject, type JsonValue } from "../../stream/json.js";
import type { Path } from "../learned-shapes.js";

/** What a line says beside its counts. */
export interface LineContent {
  text?: string;
  thinking?: string;
  toolCalls?: JsonValue[];
  /** Base64. */
  images?: JsonValue[];
}

/** Where the lines of an answer hold their content: the one difference between `/api/chat` and `/api/generate`. */
export interface AnswerForm {
  /** The dialect's name. */
  name: "ollama" | "ollama-generate";
  text: Path;
  thinking: Path;
  /** The content of a line; `undefined` for what is no line of an answer. */
  read(line: JsonObject): LineContent | undefined;
  /** The fields of a line that hold content. */
  write(content: LineContent): JsonObject;
}

/** `/api/chat`: a message. */
export const chatForm: AnswerForm = {
  name: "ollama",
  text: ["message", "content"],
  thinking: ["message", "thinking"],
  read(line) {
    if (!isJsonObject(line.message)) return line.done === true ? {} : undefined;
    const { content, thinking, tool_calls, images } = line.message;
    return contentOf(content, thinking, tool_calls, images);
  },
  write({ text = "", thinking, toolCalls, images }) {
    return {
      message: {
        role: "assistant",
        content: text,
        ...(thinking !== undefined && { thinking }),
        ...(images !== undefined && { images }),
        ...(toolCalls !== undefined && { tool_calls: toolCalls }),
      },
    };
  },
};

/** `/api/generate`: fields of the line itself. */
export const generateForm: AnswerForm = {
  name: "ollama-generate",
  text: ["response"],
  thinking: ["thinking"],
  read(line) {
    const { response, thinking, tool_calls, image } = line;
    if (typeof response !== "string" && typeof line.done !== "boolean") return undefined;
    return contentOf(response, thinking, tool_calls, typeof image === "string" ? [image] : undefined);
  },
  write({ text = "", thinking, toolCalls, images }) {
    return {
      response: text,
      ...(thinking !== undefined && { thinking }),
      ...(toolCalls !== undefined && { tool_calls: toolCalls }),
      ...(images?.[0] !== undefined && { image: images[0] }),
    };
  },
};

function contentOf(
  text: JsonValue | undefined,
  thinking: JsonValue | undefined,
  toolCalls: JsonValue | undefined,
  images: JsonValue | undefined,
): LineContent {
  return {
    ...(typeof text === "string" && { text }),
    ...(typeof thinking === "string" && { thinking }),
    ...(Array.isArray(toolCalls) && { toolCalls }),
    ...(Array.isArray(images) && { images }),
  };
}
