import type { ChatRequest } from "../stream/chat-request.js";
import type { JsonValue } from "../stream/json.js";
import type {
  AssistantPart,
  ChatMessage,
  FilePart,
  ReasoningPart,
  TextPart,
  ToolResultPart,
} from "../stream/message.js";
import { filterJson } from "./filter-json.js";

/** How a request is changed. */
export interface RequestFilter {
  /** Changes a text. */
  text(text: string): string;
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
    ...(user !== undefined && { user: filter.text(user) }),
    ...(metadata !== undefined && {
      metadata: Object.fromEntries(Object.entries(metadata).map(([key, value]) => [key, filter.text(value)])),
    }),
  };
}

function filterMessage(message: ChatMessage, path: string, filter: RequestFilter): ChatMessage {
  switch (message.role) {
    case "system":
      return { ...message, content: filterContent(message.content, (part) => filterText(part, filter), filter) };
    case "user":
      return {
        ...message,
        content: filterContent(
          message.content,
          (part) => (part.type === "text" ? filterText(part, filter) : filterFile(part, filter)),
          filter,
        ),
      };
    case "assistant":
      return {
        ...message,
        content: filterContent(
          message.content,
          (part, index) => filterPart(part, `${path}.content[${index}]`, filter),
          filter,
        ),
      };
    case "tool":
      return { ...message, content: message.content.map((part) => filterResult(part, filter)) };
    default:
      throw message satisfies never;
  }
}

function filterContent<Part>(
  content: string | Part[],
  change: (part: Part, index: number) => Part,
  filter: RequestFilter,
): string | Part[] {
  return typeof content === "string" ? filter.text(content) : content.map(change);
}

function filterPart(part: AssistantPart, path: string, filter: RequestFilter): AssistantPart {
  switch (part.type) {
    case "text":
      return filterText(part, filter);
    case "reasoning":
      return filterReasoning(part, path, filter);
    case "tool-call":
      return { ...part, input: json(part.input, filter) };
    case "tool-result":
      return filterResult(part, filter);
    case "file":
      return filterFile(part, filter);
    case "source": {
      const { title, quote } = part.source;
      return {
        ...part,
        source: {
          ...part.source,
          ...(title !== undefined && { title: filter.text(title) }),
          ...(quote !== undefined && { quote: filter.text(quote) }),
        },
      };
    }
    case "opaque":
      return part;
    default:
      throw part satisfies never;
  }
}

function filterText(part: TextPart, filter: RequestFilter): TextPart {
  return { ...part, text: filter.text(part.text) };
}

function filterReasoning(part: ReasoningPart, path: string, filter: RequestFilter): ReasoningPart {
  const text = filter.text(part.text);
  if (text === part.text || part.opaque === undefined || filter.keepsOpaque()) return { ...part, text };
  filter.droppedOpaque(path);
  return { type: "reasoning", text };
}

function filterResult(part: ToolResultPart, filter: RequestFilter): ToolResultPart {
  return { ...part, output: json(part.output, filter) };
}

function filterFile(part: FilePart, filter: RequestFilter): FilePart {
  if (!(part.data instanceof Uint8Array) || !part.mediaType.startsWith("text/")) return part;
  return { ...part, data: new TextEncoder().encode(filter.text(new TextDecoder().decode(part.data))) };
}

function json(value: JsonValue, filter: RequestFilter): JsonValue {
  return filterJson(value, (text) => filter.text(text));
}
