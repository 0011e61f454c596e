import { isJsonObject } from "../../base/json.js";
import { mediaTypeOf } from "../../base/media-type.js";
import { parseToolInput } from "../../dialects/tool-input.js";
import { invalid } from "../../stream/error.js";
import type {
  AssistantPart,
  ChatMessage,
  FilePart,
  InputResponse,
  InputResponsePart,
  OpaquePart,
  TextPart,
  ToolCallPart,
  ToolResultPart,
} from "../../stream/message.js";
import { isRequestOf } from "../../stream/request-id.js";
import { readBytes } from "./files.js";
import { AI_SDK, noteIn, readMetadata, toJson } from "./metadata.js";
import { readNotedData } from "./noted-data.js";
import { readOpaquePart } from "./opaque-parts.js";
import { type Part, requiredText } from "./part.js";
import { mergeOptions, readCacheHint, readDetail } from "./part-options.js";
import { readToolOutput } from "./tool-output.js";

/**
 * A prompt of any version as messages.
 *
 * @throws {SluiceError} `invalid-argument` for a role or a part that is not known, naming where it stands.
 */
export function readPrompt(prompt: readonly object[]): ChatMessage[] {
  const reader = new PromptReader(answeredCalls(prompt));
  return prompt.flatMap((message, index) => reader.read({ ...message }, `prompt[${index}]`));
}

class PromptReader {
  /** Calls that a model of ours answered by itself, although the AI SDK took it for the provider. */
  readonly #ranHere = new Set<string>();
  readonly #answered: ReadonlySet<string>;

  /** @param answered the calls that have their results in this prompt. */
  constructor(answered: ReadonlySet<string>) {
    this.#answered = answered;
  }

  read(message: Part, path: string): ChatMessage[] {
    const { role, content, providerOptions } = message;
    if (role === "system" && typeof content === "string") return [readSystem(content, providerOptions)];
    if (!Array.isArray(content)) throw invalid(`${path}.content`, content, "an array of parts");
    const parts = content.map((part, index) => {
      const last = index === content.length - 1;
      const options = last ? mergeOptions(providerOptions, part.providerOptions) : part.providerOptions;
      return { part, options, path: `${path}.content[${index}]` };
    });
    switch (role) {
      case "user":
        return [{ role, content: parts.map(readUserPart) }];
      case "assistant":
        return [{ role, content: parts.flatMap((one) => (this.#isRepeated(one) ? [] : this.#assistantPart(one))) }];
      case "tool":
        return toolMessages(parts.flatMap((one) => this.#toolPart(one) ?? []));
      default:
        throw invalid(`${path}.role`, role, "system, user, assistant, tool");
    }
  }

  /** A call that waited for a decision is repeated with its result, where the AI SDK wants both together. */
  #isRepeated({ part, options }: Placed): boolean {
    return part.type === "tool-call" && noteIn(options).ranHere === true && this.#ranHere.has(String(part.toolCallId));
  }

  #assistantPart({ part, options, path }: Placed): AssistantPart {
    switch (part.type) {
      case "text":
        return readText(part, options);
      case "file":
        return readFile(part, options, path);
      case "reasoning":
        return this.#carried(options) ?? readReasoning(part, options);
      case "tool-call":
        return this.#call(part, options);
      case "tool-result":
        return this.#result(part, options);
      default: {
        const kept = this.#carried(options) ?? readOpaquePart(part, options);
        if (kept !== undefined) return kept;
        const allowed = "text, file, reasoning, reasoning-file, custom, tool-call, tool-result";
        throw invalid(`${path}.type`, part.type, allowed);
      }
    }
  }

  /** What stood in a part that only carried it. */
  #carried(options: unknown): AssistantPart | undefined {
    const { name, opaque } = readNotedData(options) ?? {};
    if (name === undefined || opaque === undefined) return undefined;
    const { dialect, data } = opaque;
    if (dialect === AI_SDK && isJsonObject(data) && data.type === "tool-call") {
      return this.#call({ ...data, ...parseToolInput(String(data.input)) }, data.providerMetadata);
    }
    if (dialect === AI_SDK && isJsonObject(data) && data.type === "tool-result") {
      const output = { type: data.isError === true ? "error-json" : "json", value: data.result };
      return this.#result({ ...data, output }, data.providerMetadata);
    }
    return { type: "opaque", name, opaque };
  }

  /** A result in an assistant's message is of a tool that ran where the model is. */
  #result(part: Part, options: unknown): ToolResultPart {
    const result = readResult(part, options);
    return this.#ranHere.has(result.callId) ? result : { ...result, providerExecuted: true };
  }

  #call(part: Part, options: unknown): ToolCallPart {
    const callId = requiredText(part, "toolCallId");
    const ranHere = noteIn(options).ranHere === true;
    if (ranHere) this.#ranHere.add(callId);
    return {
      type: "tool-call",
      callId,
      name: requiredText(part, "toolName"),
      input: toJson(part.input ?? {}),
      ...(part.providerExecuted === true && !ranHere && { providerExecuted: true }),
      ...settings(options),
    };
  }

  /** The call of ours that a request for approval is about. */
  #approvedCall(approvalId: string): string | undefined {
    for (const callId of this.#ranHere) if (isRequestOf(approvalId, callId)) return callId;
    return undefined;
  }

  /** Nothing for a decision that has had its result: the AI SDK goes on sending it. */
  #toolPart({ part, options, path }: Placed): ToolResultPart | InputResponsePart | OpaquePart | undefined {
    if (part.type === "tool-result") return readResult(part, options);
    const approved = part.type === "tool-approval-response" ? this.#approvedCall(String(part.approvalId)) : undefined;
    if (approved !== undefined && this.#answered.has(approved)) return undefined;
    const kept = approved !== undefined ? readResponse(part) : readOpaquePart(part, options);
    if (kept === undefined) throw invalid(`${path}.type`, part.type, "tool-result, tool-approval-response");
    return kept;
  }
}

function answeredCalls(prompt: readonly object[]): Set<string> {
  const answered = new Set<string>();
  for (const message of prompt) {
    const { content }: Part = { ...message };
    for (const part of Array.isArray(content) ? content : []) {
      if (part?.type === "tool-result") answered.add(String(part.toolCallId));
    }
  }
  return answered;
}

/** A part, and the options for it. */
interface Placed {
  part: Part;
  options: unknown;
  path: string;
}

function readSystem(text: string, options: unknown): ChatMessage {
  const part = readText({ text }, options);
  return { role: "system", content: Object.keys(part).length > 2 ? [part] : text };
}

function readUserPart({ part, options, path }: Placed): TextPart | FilePart {
  if (part.type === "text") return readText(part, options);
  if (part.type === "file") return readFile(part, options, path);
  throw invalid(`${path}.type`, part.type, "text, file");
}

/** Of a request for approval that we wrote. */
function readResponse({ approvalId, approved, reason }: Part): InputResponsePart {
  const denied: InputResponse = { type: "deny", ...(typeof reason === "string" && { reason }) };
  return { type: "input-response", id: String(approvalId), response: approved === true ? { type: "approve" } : denied };
}

/** Answers to a provider's own requests for approval have no message: they follow the results as state. */
function toolMessages(parts: readonly (ToolResultPart | InputResponsePart | OpaquePart)[]): ChatMessage[] {
  const results = parts.filter((part) => part.type !== "opaque");
  const others = parts.filter((part) => part.type === "opaque");
  return [
    ...(results.length > 0 ? [{ role: "tool" as const, content: results }] : []),
    ...(others.length > 0 ? [{ role: "assistant" as const, content: others }] : []),
  ];
}

function readText({ text }: Part, options: unknown): TextPart {
  const refusal = noteIn(options).refusal === true;
  return { type: "text", text: String(text ?? ""), ...(refusal && { refusal }), ...settings(options) };
}

function readReasoning({ text }: Part, options: unknown): AssistantPart {
  const opaque = readMetadata(options);
  return { type: "reasoning", text: String(text ?? ""), ...(opaque !== undefined && { opaque }) };
}

function readResult(part: Part, options: unknown): ToolResultPart {
  return {
    type: "tool-result",
    callId: requiredText(part, "toolCallId"),
    name: requiredText(part, "toolName"),
    ...readToolOutput(part.output),
    ...settings(options),
  };
}

function readFile(part: Part, options: unknown, path: string): FilePart {
  const data = readFileData(part.data, `${path}.data`);
  const given = typeof part.mediaType === "string" ? part.mediaType : "application/octet-stream";
  const filename = typeof part.filename === "string" ? { filename: part.filename } : {};
  const mediaType = fullMediaType(given, data);
  return { type: "file", mediaType, data, ...filename, ...readDetail(options), ...settings(options) };
}

/** Version 4 may give `image` alone; earlier ones give `image/*`. */
function fullMediaType(given: string, data: FilePart["data"]): string {
  if (given.includes("/") && !given.endsWith("/*")) return given;
  const found = data instanceof Uint8Array ? mediaTypeOf(data) : undefined;
  return found ?? (given.includes("/") ? given : `${given}/*`);
}

function readFileData(data: unknown, path: string): FilePart["data"] {
  const bytes = readBytes(data);
  if (bytes !== undefined) return bytes;
  if (data instanceof URL || typeof data === "string") return { url: String(data) };
  const tagged: Part = typeof data === "object" && data !== null ? { ...data } : {};
  switch (tagged.type) {
    case "url":
      return { url: String(tagged.originalUrl ?? tagged.url) };
    case "text":
      return new TextEncoder().encode(String(tagged.text));
    case "reference":
      return { id: referenceId(tagged.reference, path) };
    default:
      throw invalid(path, data, "bytes, base64, a URL, or one of data, url, text and reference");
  }
}

/** The id of a file at one provider: with several there is no telling which is meant. */
function referenceId(reference: unknown, path: string): string {
  const ids = typeof reference === "object" && reference !== null ? Object.values(reference) : [];
  const [id] = ids;
  if (ids.length !== 1 || typeof id !== "string")
    throw invalid(`${path}.reference`, reference, "the id of one provider");
  return id;
}

function settings(options: unknown) {
  const opaque = readMetadata(options);
  return { ...(opaque !== undefined && { opaque }), ...readCacheHint(options) };
}
