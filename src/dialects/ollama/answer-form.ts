import { isJsonObject, type JsonObject, type JsonValue } from "../../base/json.js";
import type { Path } from "../locate-values.js";

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
  /** Puts content into a line that is being written. */
  write(line: JsonObject, content: LineContent): void;
}

/** `/api/chat`: a message. */
export const chatForm: AnswerForm = {
  name: "ollama",
  text: ["message", "content"],
  thinking: ["message", "thinking"],
  read(line) {
    if (line.message === null && typeof line.done === "boolean") return {};
    if (!isJsonObject(line.message)) return line.done === true ? {} : undefined;
    const { content, thinking, tool_calls, images } = line.message;
    return contentOf(content, thinking, tool_calls, images);
  },
  write(line, { text = "", thinking, toolCalls, images }) {
    const message: JsonObject = { role: "assistant", content: text };
    if (thinking !== undefined) message.thinking = thinking;
    if (images !== undefined) message.images = images;
    if (toolCalls !== undefined) message.tool_calls = toolCalls;
    line.message = message;
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
  write(line, { text = "", thinking, toolCalls, images }) {
    line.response = text;
    if (thinking !== undefined) line.thinking = thinking;
    if (toolCalls !== undefined) line.tool_calls = toolCalls;
    if (images?.[0] !== undefined) line.image = images[0];
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
