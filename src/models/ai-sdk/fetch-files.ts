import { SluiceError } from "../../stream/error.js";
import type { ChatMessage, FilePart } from "../../stream/message.js";
import type { SupportedUrls } from "./language-model.js";

/** Gets a file for a model that cannot fetch it by itself. */
export type Download = (url: URL, signal: AbortSignal) => PromiseLike<{ data: Uint8Array; mediaType?: string }>;

/**
 * The messages with the files in them that the model does not fetch itself. The same array where it fetches all.
 *
 * @throws {SluiceError} `unsupported`, naming the field, where there is such a file and no `download`.
 */
export async function fetchFiles(
  messages: ChatMessage[],
  supported: SupportedUrls,
  download: Download | undefined,
  signal: AbortSignal,
): Promise<ChatMessage[]> {
  const fetched = new Map<FilePart, FilePart>();
  for (const { part, field } of filesOf(messages)) {
    const url = webUrl(part);
    if (url === undefined || isSupported(url, part.mediaType, supported)) continue;
    if (download === undefined) {
      throw new SluiceError(
        "unsupported",
        `${field}.data.url: the model does not fetch ${url.href}: send the bytes, or give fromAiSdk a download function`,
        { field: `${field}.data.url` },
      );
    }
    const { data, mediaType = part.mediaType } = await download(url, signal);
    fetched.set(part, { ...part, data, mediaType });
  }
  return fetched.size === 0 ? messages : messages.map((message) => withFiles(message, fetched));
}

function* filesOf(messages: readonly ChatMessage[]): Generator<{ part: FilePart; field: string }> {
  for (const [i, { content }] of messages.entries()) {
    if (typeof content === "string") continue;
    for (const [j, part] of content.entries()) {
      if (part.type === "file") yield { part, field: `messages[${i}].content[${j}]` };
    }
  }
}

function withFiles(message: ChatMessage, fetched: ReadonlyMap<unknown, FilePart>): ChatMessage {
  if (typeof message.content === "string") return message;
  if (message.role === "user") return { ...message, content: swapped(message.content, fetched) };
  return message.role === "assistant" ? { ...message, content: swapped(message.content, fetched) } : message;
}

function swapped<Part>(parts: readonly Part[], fetched: ReadonlyMap<unknown, FilePart>): (Part | FilePart)[] {
  return parts.map((part) => fetched.get(part) ?? part);
}

function webUrl({ data }: FilePart): URL | undefined {
  if (data instanceof Uint8Array || !("url" in data) || /^data:/i.test(data.url)) return undefined;
  return new URL(data.url);
}

/** As `ai` itself looks at it: the patterns of the type, of `image/*` and the like, and of `*`. */
function isSupported(url: URL, mediaType: string, supported: SupportedUrls): boolean {
  const type = mediaType.toLowerCase();
  const address = url.href.toLowerCase();
  return Object.entries(supported).some(([key, patterns]) => {
    const pattern = key.toLowerCase();
    const any = pattern === "*" || pattern === "*/*";
    const fits = any || (pattern.endsWith("/*") ? type.startsWith(pattern.slice(0, -1)) : type === pattern);
    return fits && patterns.some((expression) => new RegExp(expression).test(address));
  });
}
