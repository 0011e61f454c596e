import { isJsonObject, type JsonValue } from "../../base/json.js";
import { uuid } from "../../base/uuid.js";
import { agreedReason } from "../../dialects/agreed-reason.js";
import { ReportedCalls } from "../../dialects/reported-calls.js";
import { parseToolInput, toolInput, UNNAMED } from "../../dialects/tool-input.js";
import type { ContextEvent, DataEvent, Emit, StartEvent, Warning } from "../../stream/chat-event.js";
import { dataNameOf, providerData } from "../../stream/data-name.js";
import { BlockReader } from "./block-reader.js";
import { readBytes } from "./files.js";
import { readFinishNote } from "./finish-note.js";
import { type ReadReason, readFinishReason } from "./finish-reason.js";
import { AI_SDK, ANSWER_METADATA, noteIn, readMetadata, SLUICE, toJson } from "./metadata.js";
import { readNotedData } from "./noted-data.js";
import { type Part, requiredText, unreadable } from "./part.js";
import { readError } from "./read-error.js";
import { readSource } from "./sources.js";
import { readUsage } from "./usage.js";
import { readWarnings } from "./warnings.js";

/** What is known of an answer before its first part. */
export interface ExpectedParts {
  /** The model's name, where the answer does not say it. */
  model: string;
  /** Whether the answer is whole before it begins. */
  simulated: boolean;
  /** Options of the request that were not sent as they were given. */
  warnings: readonly Warning[];
}

interface ToolInput {
  name: string;
  providerExecuted: boolean;
  metadata: unknown;
}

/**
 * Turns the parts of a language model's stream into events, whatever the version. Parts that have no event of their own,
 * unknown ones included, become `data` events.
 */
export class AiSdkPartReader {
  readonly #model: string;
  readonly #blocks = new BlockReader();
  readonly #inputs = new Map<string, ToolInput>();
  readonly #calls = new Map<string, { name: string; input: JsonValue }>();
  readonly #reported = new ReportedCalls();
  /** Whether a call waits for the caller: for its result, or for a yes. */
  #waits = false;
  readonly #warnings: Warning[];
  #simulated: boolean;
  /** Raw chunks that came before the answer's name. */
  #early: Part[] = [];
  #started = false;
  #finished = false;

  constructor({ model, simulated, warnings }: ExpectedParts) {
    this.#model = model;
    this.#simulated = simulated;
    this.#warnings = [...warnings];
  }

  /** Whether `finish` has been emitted. */
  get finished(): boolean {
    return this.#finished;
  }

  /** @throws {SluiceError} the error that a part says; `malformed-frame` for a part that cannot be read. */
  push(part: Part, emit: Emit): void {
    if (this.#finished) return;
    if (typeof part !== "object" || part === null) throw unreadable(part, "a part that is no object");
    switch (part.type) {
      case "stream-start":
        this.#takeWarnings(part);
        return;
      case "response-metadata":
        this.#response(part, emit);
        return;
      case "raw":
        this.#raw(part, emit);
        return;
      case "ping":
        return;
      case "error":
        throw readError(part.error);
      default:
        if (!this.#started) this.#start({}, emit);
        if (!this.#block(part, emit)) this.#content(part, emit);
    }
  }

  /** Texts and reasoning; false for anything else. */
  #block(part: Part, emit: Emit): boolean {
    switch (part.type) {
      case "text-delta":
        this.#blocks.delta("text", part, emit);
        return true;
      case "reasoning-delta":
        this.#blocks.delta("reasoning", part, emit);
        return true;
      case "text-start":
        this.#blocks.start("text", part);
        return true;
      case "reasoning-start":
        this.#blocks.start("reasoning", part);
        return true;
      case "text-end":
        this.#blocks.end("text", part, emit);
        return true;
      case "reasoning-end":
        this.#blocks.end("reasoning", part, emit);
        return true;
      default:
        return false;
    }
  }

  #content(part: Part, emit: Emit): void {
    switch (part.type) {
      case "tool-input-delta":
        this.#inputDelta(part, emit);
        return;
      case "tool-input-start":
        this.#inputStart(part);
        return;
      case "tool-input-end":
        return;
      case "tool-call":
        this.#call(part, emit);
        return;
      case "tool-result":
        this.#result(part, emit);
        return;
      case "tool-approval-request":
        this.#approval(part, emit);
        return;
      case "source":
        emit({ type: "source", source: readSource(part) });
        return;
      case "file":
        this.#file(part, emit);
        return;
      case "finish":
        this.#finish(part, emit);
        return;
      default:
        this.#other(part, emit);
    }
  }

  #takeWarnings(part: Part): void {
    const { warnings, simulated } = readWarnings(part.warnings);
    this.#warnings.push(...warnings);
    this.#simulated ||= simulated;
  }

  #response({ id, modelId }: Part, emit: Emit): void {
    const response = { ...(isText(id) && { id }), ...(isText(modelId) && { model: modelId }) };
    if (!this.#started) this.#start(response, emit);
    else if (Object.keys(response).length > 0)
      emit({ type: "data", name: "provider/response-metadata", value: response });
  }

  #start(response: { id?: string; model?: string }, emit: Emit): void {
    this.#started = true;
    const start: StartEvent = {
      type: "start",
      id: response.id ?? uuid(),
      model: response.model ?? this.#model,
    };
    if (this.#simulated) start.simulated = true;
    if (this.#warnings.length > 0) start.warnings = this.#warnings;
    emit(start);
    for (const part of this.#early.splice(0)) this.#raw(part, emit);
  }

  #raw(part: Part, emit: Emit): void {
    if (this.#started) emit(rawEvent(toJson(part.rawValue)));
    else this.#early.push(part);
  }

  #inputStart(part: Part): void {
    const { providerExecuted, providerMetadata: metadata } = part;
    const name = requiredText(part, "toolName");
    this.#inputs.set(requiredText(part, "id"), { name, providerExecuted: providerExecuted === true, metadata });
  }

  #inputDelta(part: Part, emit: Emit): void {
    const callId = requiredText(part, "id");
    const input = this.#inputs.get(callId);
    if (input === undefined) throw unreadable(part, "a tool-input-delta without its tool-input-start");
    const { name, providerExecuted } = input;
    const { delta } = part;
    if (typeof delta !== "string" || delta === "") return;
    if (providerExecuted) emit({ type: "tool-input-delta", callId, name, delta, providerExecuted });
    else emit({ type: "tool-input-delta", callId, name, delta });
  }

  #call(part: Part, emit: Emit): void {
    const given = requiredText(part, "toolCallId");
    const name = isText(part.toolName) ? part.toolName : UNNAMED;
    const { input } = part;
    // The specification says JSON text; models of one's own like to say an object.
    const parsed = typeof input === "string" ? parseToolInput(input) : { input: toolInput(toJson(input ?? {})) };
    const metadata = part.providerMetadata ?? this.#inputs.get(given)?.metadata;
    const opaque = readMetadata(metadata);
    this.#inputs.delete(given);
    const callId = this.#reported.admit(given, name, JSON.stringify(parsed.input));
    if (callId === undefined) return;
    const providers = part.providerExecuted === true && !ranHere(metadata);
    if (!providers && !ranHere(metadata)) this.#waits = true;
    this.#calls.set(callId, { name, input: parsed.input });
    emit({
      type: "tool-call",
      callId,
      name,
      ...parsed,
      ...(providers && { providerExecuted: true }),
      ...(opaque !== undefined && { opaque }),
    });
  }

  /** Only tools that the provider runs have their results in its stream, unless the provider is a model of ours. */
  #result(part: Part, emit: Emit): void {
    const opaque = readMetadata(part.providerMetadata);
    emit({
      type: "tool-result",
      callId: requiredText(part, "toolCallId"),
      name: requiredText(part, "toolName"),
      output: toJson(part.result),
      ...(part.isError === true && { isError: true }),
      ...(part.preliminary === true && { preliminary: true }),
      ...(!ranHere(part.providerMetadata) && { providerExecuted: true }),
      ...(opaque !== undefined && { opaque }),
    });
  }

  /** The request's id, which an answer to it needs, is kept in a `data` event of its own. */
  #approval(part: Part, emit: Emit): void {
    const callId = requiredText(part, "toolCallId");
    const call = this.#calls.get(callId);
    if (call === undefined) throw unreadable(part, "a tool-approval-request without its tool-call");
    this.#waits = true;
    this.#other(part, emit);
    emit({ type: "input-request", id: requiredText(part, "approvalId"), kind: "approval", callId, ...call });
  }

  #file(part: Part, emit: Emit): void {
    const mediaType = requiredText(part, "mediaType");
    const data = readBytes(part.data);
    const opaque = readMetadata(part.providerMetadata);
    // A file that is somewhere else has no event of its own.
    if (data === undefined) this.#other(part, emit);
    else emit({ type: "file", mediaType, data, ...(opaque !== undefined && { opaque }) });
  }

  /** Whatever else: kept as it came, so that a model of the same kind can be given it back. */
  #other(part: Part, emit: Emit): void {
    const noted = readNotedData(part.providerMetadata);
    if (noted !== undefined) {
      emit(noted);
      return;
    }
    const value = toJson(part);
    const name = typeof part.kind === "string" ? part.kind : String(part.type);
    emit({ type: "data", name: providerData(name), value, opaque: { dialect: AI_SDK, data: value } });
  }

  #finish(part: Part, emit: Emit): void {
    const { providerMetadata: metadata } = part;
    const noted = readFinishNote(noteIn(metadata).finish);
    const usage = noted?.usage ?? readUsage(part.usage);
    const own = readMetadata(metadata);
    this.#blocks.endAll(emit);
    if (own !== undefined) emit({ type: "data", name: ANSWER_METADATA, value: own.data });
    // An answer that did not end well has its tokens counted too.
    emit({ type: "usage", usage });
    const { reason, rawReason } = noted ?? this.#reason(part.finishReason);
    this.#finished = true;
    emit({ type: "finish", reason, ...(rawReason !== undefined && { rawReason }), usage });
  }

  #reason(word: unknown): ReadReason {
    const { reason, rawReason } = readFinishReason(word);
    const agreed = agreedReason(reason, { toolCalls: this.#waits });
    if (agreed !== reason) return { reason: agreed, rawReason: rawReason ?? reason };
    return { reason, ...(rawReason !== undefined && { rawReason }) };
  }
}

/** A provider's own chunk, or an event of a model of ours that no part carries. */
function rawEvent(value: JsonValue): DataEvent | ContextEvent {
  const event = isJsonObject(value) ? value[SLUICE] : undefined;
  if (isJsonObject(event) && event.type === "context" && typeof event.contextId === "string") {
    return { type: "context", contextId: event.contextId };
  }
  if (isJsonObject(event) && event.type === "data" && typeof event.name === "string") {
    const { name, value: carried = null } = event;
    return { type: "data", name: dataNameOf(name), value: carried };
  }
  return { type: "data", name: "provider/raw", value };
}

function ranHere(metadata: unknown): boolean {
  return metadata !== undefined && noteIn(metadata).ranHere === true;
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}
