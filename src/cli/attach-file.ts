import { stat } from "node:fs/promises";
import { basename } from "node:path";
import { file } from "../chat/attachments.js";
import type { ChatModel } from "../stream/chat-model.js";
import { checkInput } from "../stream/check-input.js";
import { invalid, SluiceError } from "../stream/error.js";
import type { FilePart, TextPart } from "../stream/message.js";

/** The largest file that is attached, in bytes: as base64 it still fits in requests of 32 MB, which Anthropic takes. */
const MAX_FILE_BYTES = 20 * 1024 * 1024;

/** The largest text that is attached, in bytes: some 250,000 tokens, more than most models read. */
const MAX_TEXT_BYTES = 1024 * 1024;

/** Media types of files that are text. */
const TEXT = /^text\/|[/+](json|xml|yaml)$/;

/** A file that is attached. */
export interface AttachedFile {
  part: TextPart | FilePart;
  /** What it is, for whoever attached it: its kind and size. */
  about: string;
}

/**
 * A file as a part of a message: images, sounds, videos and documents as they are, their types found from their bytes; text
 * as text, under its name. An `https:` URL is passed on for the provider to fetch.
 *
 * @throws {SluiceError} `invalid-argument` for what cannot be read, is too large, or is of an unknown type; `unsupported`
 *   for a kind of file that the model does not take. Both name the path.
 */
export async function attachFile(path: string, model: Pick<ChatModel, "id" | "capabilities">): Promise<AttachedFile> {
  if (path === "") throw invalid("file", path, "the path of a file");
  try {
    if (!/^https?:/i.test(path)) await checkSize(path);
    const part = await file(path);
    if (part.data instanceof Uint8Array && TEXT.test(part.mediaType)) return asText(basename(path), part.data);
    checkInput([{ role: "user", content: [part] }], model);
    return { part, about: aboutFile(part) };
  } catch (thrown) {
    const error = SluiceError.from(thrown, "invalid-argument");
    const reason = error.message.replace(/^(messages\[0\]\.content\[0\]|file): /, "");
    const details = { field: "file", cause: thrown, ...(error.model !== undefined && { model: error.model }) };
    throw new SluiceError(error.code, `file ${path}: ${reason}`, details);
  }
}

/** Before it is read: a file that is too large need not come into memory. */
async function checkSize(path: string): Promise<void> {
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
    throw error.code === "ENOENT" ? new Error("there is no such file") : error;
  });
  if (found.isDirectory()) throw new Error("found a folder; allowed: a file");
  if (found.size > MAX_FILE_BYTES) throw tooLarge(found.size, MAX_FILE_BYTES, "a file");
}

function aboutFile({ mediaType, data }: FilePart): string {
  if (!(data instanceof Uint8Array)) return `${mediaType}, fetched by the provider`;
  return `${mediaType}, ${data.length.toLocaleString("en")} bytes`;
}

function asText(name: string, bytes: Uint8Array): AttachedFile {
  if (bytes.length > MAX_TEXT_BYTES) throw tooLarge(bytes.length, MAX_TEXT_BYTES, "text");
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    const about = `text, ${text.length.toLocaleString("en")} characters`;
    return { part: { type: "text", text: `${name}:\n\n${text.trimEnd()}\n\n` }, about };
  } catch {
    throw new Error("found text that is not UTF-8 throughout; allowed: UTF-8");
  }
}

function tooLarge(size: number, most: number, what: string): Error {
  const count = (bytes: number) => bytes.toLocaleString("en");
  return new Error(`found ${count(size)} bytes; allowed for ${what}: up to ${count(most)}`);
}
