import type { ChatRequest } from "../stream/chat-request.js";
import type {
  AssistantPart,
  ChatMessage,
  FilePart,
  ReasoningPart,
  TextPart,
  ToolResultPart,
} from "../stream/message.js";
import { filterJson, shortKey } from "./filter-json.js";

/** How a request is changed. */
export interface RequestFilter {
  /**
   * Changes a text of a message of this role; the user's id and the metadata count as the user's. `key` is that of the JSON
   * field whose value the text is.
   */
  text(text: string, role: ChatMessage["role"], key?: string): string;
  /**
   * Whether reasoning that a provider signed may go back with its signature although its text was changed: because it is
   * now what the provider wrote. Asked after each such change.
   */
  keepsOpaque(): boolean;
  /** Told the path of a message part whose signature was left out. */
  droppedOpaque(path: string): void;
}

/**
 * A request with its text changed: of all messages, the string values of tool calls and results, the bytes of files whose
 * media type is `text/…`, the user's id and the metadata. Tool definitions, options and other files stay as they are.
 */
export function filterRequest(request: ChatRequest, filter: RequestFilter): ChatRequest {
  const { messages, user, metadata } = request;
  return {
    ...request,
    messages: messages.map((message, index) => filterMessage(message, `messages[${index}]`, filter)),
    ...(user !== undefined && { user: filter.text(user, "user") }),
    ...(metadata !== undefined && {
      metadata: Object.fromEntries(
        Object.entries(metadata).map(([key, value]) => [key, filter.text(value, "user", shortKey(key))]),
      ),
    }),
  };
}

function filterMessage(message: ChatMessage, path: string, filter: RequestFilter): ChatMessage {
  const { role } = message;
  const text: FilterText = (value, key) => filter.text(value, role, key);
  switch (role) {
    case "system":
      return { ...message, content: filterContent(message.content, text, (part) => filterText(part, text)) };
    case "user":
      return {
        ...message,
        content: filterContent(message.content, text, (part) =>
          part.type === "text" ? filterText(part, text) : filterFile(part, text),
        ),
      };
    case "assistant":
      return {
        ...message,
        content: filterContent(message.content, text, (part, index) =>
          part.type === "reasoning"
            ? filterReasoning(part, `${path}.content[${index}]`, filter)
            : filterPart(part, text),
        ),
      };
    case "tool":
      return {
        ...message,
        content: message.content.map((part) => (part.type === "tool-result" ? filterResult(part, text) : part)),
      };
    default:
      throw role satisfies never;
  }
}

type FilterText = (text: string, key?: string) => string;

function filterContent<Part>(
  content: string | Part[],
  text: FilterText,
  change: (part: Part, index: number) => Part,
): string | Part[] {
  return typeof content === "string" ? text(content) : content.map(change);
}

function filterPart(part: Exclude<AssistantPart, ReasoningPart>, text: FilterText): AssistantPart {
  switch (part.type) {
    case "text":
      return filterText(part, text);
    case "tool-call":
      return { ...part, input: filterJson(part.input, text) };
    case "tool-result":
      return filterResult(part, text);
    case "file":
      return filterFile(part, text);
    case "source": {
      const { title, quote } = part.source;
      const words = {
        ...(title !== undefined && { title: text(title) }),
        ...(quote !== undefined && { quote: text(quote) }),
      };
      return { ...part, source: { ...part.source, ...words } };
    }
    case "input-request":
      return part.kind === "approval"
        ? { ...part, input: filterJson(part.input, text) }
        : { ...part, message: text(part.message) };
    case "opaque":
      return part;
    default:
      throw part satisfies never;
  }
}

function filterText(part: TextPart, text: FilterText): TextPart {
  return { ...part, text: text(part.text) };
}

function filterReasoning(part: ReasoningPart, path: string, filter: RequestFilter): ReasoningPart {
  const text = filter.text(part.text, "assistant");
  if (text === part.text || part.opaque === undefined || filter.keepsOpaque()) return { ...part, text };
  filter.droppedOpaque(path);
  return { type: "reasoning", text };
}

function filterResult(part: ToolResultPart, text: FilterText): ToolResultPart {
  return { ...part, output: filterJson(part.output, text) };
}

function filterFile(part: FilePart, text: FilterText): FilePart {
  if (!(part.data instanceof Uint8Array) || !part.mediaType.startsWith("text/")) return part;
  return { ...part, data: new TextEncoder().encode(text(new TextDecoder().decode(part.data))) };
}
