import type { AssistantPart, ChatMessage, FilePart, InputResponsePart } from "../stream/message.js";

/** What a message is made of, in the form that people read: text as it is, everything else by its kind. */
export type ReadablePart =
  | { kind: "text" | "reasoning"; text: string }
  /** Something with data: a tool's arguments, what it returned. */
  | { kind: "data"; label: string; data: string; language: "json" | "text" }
  /** Something that is only named. */
  | { kind: "note"; text: string };

/** The parts of a message for people. Provider state is left out: nobody can read it. */
export function readableParts({ content }: ChatMessage): ReadablePart[] {
  if (typeof content === "string") return content === "" ? [] : [{ kind: "text", text: content }];
  return content.flatMap((part) => readable(part) ?? []);
}

function readable(part: AssistantPart | InputResponsePart): ReadablePart | undefined {
  switch (part.type) {
    case "text":
    case "reasoning":
      return part.text === "" ? undefined : { kind: part.type, text: part.text };
    case "tool-call":
      return { kind: "data", label: `calls ${part.name}`, ...written(part.input) };
    case "tool-result":
      return { kind: "data", label: `${part.name} ${part.isError ? "failed" : "returned"}`, ...written(part.output) };
    case "source": {
      const { title, url, filename } = part.source;
      return { kind: "note", text: `source: ${[title, url ?? filename].filter(Boolean).join(", ")}` };
    }
    case "file":
      return { kind: "note", text: describeFile(part) };
    case "input-request":
      return part.kind === "approval"
        ? { kind: "data", label: `asks to call ${part.name}`, ...written(part.input) }
        : { kind: "note", text: `asks: ${part.message}` };
    case "input-response":
      return { kind: "data", label: `answers ${part.id}`, ...written(part.response) };
    case "opaque":
      return undefined;
    default:
      return part satisfies never;
  }
}

function written(value: unknown): { data: string; language: "json" | "text" } {
  return typeof value === "string"
    ? { data: value, language: "text" }
    : { data: JSON.stringify(value, undefined, 2), language: "json" };
}

function describeFile({ mediaType, data, filename }: FilePart): string {
  const where = data instanceof Uint8Array ? `${data.length} bytes` : "url" in data ? data.url : `id ${data.id}`;
  return `file: ${[filename, mediaType, where].filter(Boolean).join(", ")}`;
}
