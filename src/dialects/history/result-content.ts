import { isJsonObject, type JsonObject, type JsonValue } from "../../base/json.js";
import type { ToolResultPart } from "../../stream/message.js";
import type { HistoryRules } from "./history-rules.js";
import { fileTypeOf } from "./result-file-type.js";

/** Files that a tool's result may show the model: images that all who see any take (PNG, JPEG, GIF, WebP), others, sounds. */
export type ResultFile = "image" | "heic" | "audio";

const IMAGES: Readonly<Record<string, ResultFile>> = {
  "image/png": "image",
  "image/jpeg": "image",
  "image/gif": "image",
  "image/webp": "image",
  "image/heic": "heic",
  "image/heif": "heic",
};

/** What stands for a failure that has no words. */
const SILENT_FAILURE = "The tool failed, and did not say why.";

/** What a tool returned as a service takes it: content in the form of MCP as a list of parts, of which only some may be files. */
export function sentOutput(
  { output, isError }: Pick<ToolResultPart, "output" | "isError">,
  { resultFiles = [], failures }: HistoryRules,
  leaveOut: (what: string) => void,
): { output: JsonValue; isError: boolean } {
  const failed = isError === true || (isWholeResult(output) && output.isError === true);
  const content = resultContent(output, failed && failures === "text" ? [] : resultFiles, leaveOut) ?? output;
  const silent = failed && failures !== undefined && saysNothing(content);
  return { output: silent ? SILENT_FAILURE : content, isError: failed };
}

function saysNothing(output: JsonValue): boolean {
  if (typeof output === "string") return output.trim() === "";
  return output === null || (Array.isArray(output) && output.every((part) => contentText(part)?.trim() === ""));
}

/** The kinds of content that MCP has (https://modelcontextprotocol.io/specification/2025-11-25/server/tools#tool-result). */
const KINDS = ["text", "image", "audio", "resource", "resource_link"];
/** The fields of a text in MCP, and those that Anthropic has beside it: what else stands there is a tool's own. */
const TEXT_FIELDS = ["type", "text", "annotations", "_meta", "cache_control", "citations"];
/** What may stand in a whole result beside its content. */
const RESULT_FIELDS = ["content", "structuredContent", "isError", "_meta"];

/**
 * The parts of a result that is content in the form of MCP: a list of parts, or a whole `CallToolResult`. Text and images
 * stay what they are, what is embedded in a resource becomes text or an image, and a file that the service does not take
 * becomes a text that says so. `undefined` where the output is a value of another form, or a list that needs no change.
 *
 * @param takes the files that the service takes in a result.
 * @param leaveOut is told what is not sent.
 */
export function resultContent(
  output: JsonValue,
  takes: readonly ResultFile[],
  leaveOut: (what: string) => void,
): JsonValue[] | undefined {
  if (Array.isArray(output)) {
    if (!isContent(output)) return undefined;
    const parts = output.map((part) => sendable(part, takes, leaveOut));
    return parts.some((part, index) => part !== output[index]) ? parts : undefined;
  }
  if (!isWholeResult(output)) return undefined;
  const parts = output.content.map((part) => sendable(part, takes, leaveOut));
  // Servers that have none say null.
  if ((output.structuredContent ?? undefined) === undefined) return parts;
  return [...parts, { type: "text", text: JSON.stringify(output.structuredContent) }];
}

/** Whether an output is a whole `CallToolResult`, and nothing else. */
function isWholeResult(output: JsonValue): output is JsonObject & { content: JsonObject[] } {
  if (!isJsonObject(output) || !Object.keys(output).every((key) => RESULT_FIELDS.includes(key))) return false;
  return Array.isArray(output.content) && isContent(output.content);
}

/** The texts of content that is nothing else, a line each; `undefined` for anything else. */
export function plainContent(output: JsonValue): string | undefined {
  if (!Array.isArray(output) || !isContent(output)) return undefined;
  const texts = output.map(contentText);
  return texts.every((text) => text !== undefined) ? texts.join("\n") : undefined;
}

/** Whether a list is content: an object each, of a kind of MCP's with what that has, or of one of a dialect's own. */
function isContent(list: readonly JsonValue[]): list is JsonObject[] {
  return list.length > 0 && list.some(isOfMcp) && list.every((part) => isOfMcp(part) || isOfDialect(part));
}

/** The text of a part, or all of it as JSON where a tool says more of the text; `undefined` where the part is no text. */
export function contentText(part: JsonValue): string | undefined {
  if (!isJsonObject(part) || part.type !== "text" || typeof part.text !== "string") return undefined;
  return Object.keys(part).every((key) => TEXT_FIELDS.includes(key)) ? part.text : JSON.stringify(part);
}

function isOfMcp(part: JsonValue): part is JsonObject {
  if (!isJsonObject(part)) return false;
  switch (part.type) {
    case "text":
      return typeof part.text === "string";
    case "image":
    case "audio":
      return typeof part.data === "string";
    case "resource":
      return isJsonObject(part.resource);
    case "resource_link":
      return typeof part.uri === "string";
    default:
      return false;
  }
}

function isOfDialect(part: JsonValue): boolean {
  return isJsonObject(part) && typeof part.type === "string" && (!KINDS.includes(part.type) || part.type === "image");
}

function sendable(part: JsonObject, takes: readonly ResultFile[], leaveOut: (what: string) => void): JsonObject {
  switch (part.type) {
    case "image":
    case "audio":
      return sentFile(part, takes, leaveOut);
    case "resource":
      return isJsonObject(part.resource) ? embedded(part.resource, takes, leaveOut) : part;
    case "resource_link":
      return { type: "text", text: JSON.stringify(part) };
    default:
      return part;
  }
}

/** What a resource holds: its text behind its address, or the file. */
function embedded(resource: JsonObject, takes: readonly ResultFile[], leaveOut: (what: string) => void): JsonObject {
  const { uri, text, blob, mimeType } = resource;
  if (typeof text === "string") return { type: "text", text: typeof uri === "string" ? `${uri}\n${text}` : text };
  if (typeof blob !== "string") return { type: "text", text: JSON.stringify(resource) };
  const kind = typeof mimeType === "string" ? /^(image|audio)\//.exec(mimeType)?.[1] : undefined;
  if (kind === "image" || kind === "audio") {
    return sendable({ type: kind, data: blob, mimeType: mimeType ?? "" }, takes, leaveOut);
  }
  const { blob: _, ...about } = resource;
  leaveOut(`a file (${typeof mimeType === "string" ? mimeType : "of no known type"})`);
  return { type: "text", text: `(a file, which cannot be shown here: ${JSON.stringify(about)})` };
}

/** An image under the name that its bytes have, or a sound with its type; a text in the place of one that the service does not take. */
function sentFile(part: JsonObject, takes: readonly ResultFile[], leaveOut: (what: string) => void): JsonObject {
  const { data, mimeType } = part;
  if (typeof data !== "string") return part;
  const isSound = part.type === "audio";
  const kind = isSound ? "audio" : "image";
  const what = isSound ? "a sound" : "an image";
  if (!takes.includes(kind)) return missing(what, leaveOut);
  const type = fileTypeOf(kind, data, mimeType);
  if (type === undefined) return missing(`${what} without readable bytes`, leaveOut);
  const file = Object.hasOwn(IMAGES, type) ? IMAGES[type] : undefined;
  if (!isSound && (file === undefined || !takes.includes(file))) return missing(`${what} of type ${type}`, leaveOut);
  return type === mimeType ? part : { ...part, mimeType: type };
}

function missing(what: string, leaveOut: (what: string) => void): JsonObject {
  leaveOut(what);
  return { type: "text", text: `(${what}, which cannot be shown here)` };
}
