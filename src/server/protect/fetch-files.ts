import { GuardedFetch, type GuardedHosts } from "../../models/http/guarded-fetch.js";
import type { ChatModel } from "../../stream/chat-model.js";
import type { ChatRequest } from "../../stream/chat-request.js";
import { either, exactly, filledString, flag, list, wholeNumber } from "../../stream/checks.js";
import { SluiceError } from "../../stream/error.js";
import type { ChatMessage, FilePart, TextPart } from "../../stream/message.js";
import { wrapModel } from "../../stream/wrap-model.js";

/** How a server fetches what clients name by address. */
export interface FetchFiles extends GuardedHosts {
  /** The largest file, in bytes. Default 20 MiB. */
  maxBytes?: number;
  /** The most files in one request. Default 20. */
  maxFiles?: number;
}

/** The options, checked. */
export const checkFetchFiles = exactly("fetchFiles", {
  allowPrivate: either("true, or hosts", flag, list("an array of hosts", filledString)),
  hosts: list("an array of hosts", filledString),
  maxBytes: wholeNumber(1),
  maxFiles: wholeNumber(1),
});

/**
 * A model whose requests have bytes where they had addresses: images and documents are fetched here, from public addresses
 * alone, before the model is asked.
 */
export function withFetchedFiles(model: ChatModel, options: FetchFiles): ChatModel {
  const { maxBytes = 20 * 1_024 * 1_024, maxFiles = 20, ...hosts } = options;
  const guarded = new GuardedFetch(hosts, "messages");
  return wrapModel(model, ({ signal }) => ({
    async request(request) {
      const named = request.messages.flatMap(partsOf).filter(isNamed);
      if (named.length === 0) return request;
      if (named.length > maxFiles) throw refused(`more than ${maxFiles} files by address`);
      const fetched = new Map<FilePart, FilePart>();
      for (const part of named) fetched.set(part, await fetchFile(guarded, part, maxBytes, signal));
      return replaced(request, fetched);
    },
  }));
}

interface NamedFile extends FilePart {
  data: { url: string };
}

function isNamed(part: TextPart | FilePart): part is NamedFile {
  return part.type === "file" && "url" in part.data && /^https?:/i.test(part.data.url);
}

function partsOf(message: ChatMessage): (TextPart | FilePart)[] {
  return message.role === "user" && typeof message.content !== "string" ? message.content : [];
}

function replaced(request: ChatRequest, fetched: ReadonlyMap<FilePart, FilePart>): ChatRequest {
  const messages = request.messages.map((message): ChatMessage => {
    if (message.role !== "user" || typeof message.content === "string") return message;
    const content = message.content.map((part) => (part.type === "file" ? (fetched.get(part) ?? part) : part));
    return { ...message, content };
  });
  return { ...request, messages };
}

async function fetchFile(
  guarded: GuardedFetch,
  part: NamedFile,
  maxBytes: number,
  signal: AbortSignal,
): Promise<FilePart> {
  const { url } = part.data;
  if (!URL.canParse(url)) throw refused(`${url} is no address`);
  const { response, close } = await guarded.request(
    new URL(url),
    { signal },
    { followRedirects: true, verifyTls: true },
  );
  try {
    if (response.status !== 200) throw refused(`${url} answered ${response.status}`);
    const pieces: Uint8Array[] = [];
    let length = 0;
    for await (const piece of response.body ?? []) {
      length += piece.byteLength;
      if (length > maxBytes) throw refused(`${url} is larger than ${maxBytes} bytes`);
      pieces.push(piece);
    }
    const [type = ""] = (response.headers.get("content-type") ?? "").split(";", 1);
    const mediaType = /^[\w.+-]+\/[\w.+-]+$/.test(type.trim()) ? type.trim() : part.mediaType;
    return { ...part, mediaType, data: new Uint8Array(Buffer.concat(pieces)) };
  } finally {
    // What was not read to its end must not keep the connection.
    await response.body?.cancel().catch(() => {});
    void close();
  }
}

function refused(message: string): SluiceError {
  return new SluiceError("invalid-request", message, { field: "messages", status: 400 });
}
