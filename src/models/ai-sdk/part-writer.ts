import { encodeBase64 } from "../../base/base64.js";
import { isJsonObject, type JsonObject } from "../../base/json.js";
import type { ChatEvent, DataEvent, FileEvent, FinishEvent, StartEvent, Warning } from "../../stream/chat-event.js";
import { SluiceError } from "../../stream/error.js";
import type { Usage } from "../../stream/usage.js";
import { BlockWriter, type WritePart } from "./block-writer.js";
import { writeFinishNote } from "./finish-note.js";
import { writeFinishReason } from "./finish-reason.js";
import type { PartV4, ProviderMetadata } from "./language-model.js";
import { AI_SDK, ANSWER_METADATA, annotation, DATA_KIND, isMetadata, SLUICE, writeMetadata } from "./metadata.js";
import { noteData } from "./noted-data.js";
import { keptPart } from "./opaque-parts.js";
import { writeSource } from "./sources.js";
import { ToolWriter } from "./tool-writer.js";
import { writeUsage } from "./usage.js";
import { writeWarnings } from "./warnings.js";

/** Turns events into the parts of a version 4 stream; earlier versions have them converted. */
export class AiSdkPartWriter {
  readonly #blocks = new BlockWriter();
  readonly #tools: ToolWriter;
  readonly #warnings: readonly Warning[];
  #started = false;
  /** Whether something was emitted that a `retract` would void. */
  #emitted = false;
  #sources = 0;
  #usage: Usage = {};
  /** An AI SDK provider's metadata of the whole answer. */
  #answerMetadata: ProviderMetadata = {};

  /**
   * @param offered the names of the tools that the caller runs.
   * @param warnings of the request, beside those of the answer.
   * @param showsForeign whether the reader is shown calls of tools that it did not offer.
   */
  constructor(offered: ReadonlySet<string>, warnings: readonly Warning[], showsForeign: boolean) {
    this.#tools = new ToolWriter(offered, showsForeign);
    this.#warnings = warnings;
  }

  /** @throws {SluiceError} `retracted` when the answer is retracted: no part of the AI SDK can do that. */
  push(event: ChatEvent, write: WritePart): void {
    switch (event.type) {
      case "text-delta":
      case "reasoning-delta":
        this.#emitted = true;
        this.#blocks.push(event, write);
        return;
      case "tool-input-delta":
        this.#emitted = true;
        this.#tools.inputDelta(event, write);
        return;
      case "start":
        this.#start(event, write);
        return;
      case "usage":
        this.#usage = event.usage;
        return;
      case "step-start":
        this.#mark(write);
        writeRaw(event, write);
        return;
      case "step-finish":
      case "context":
        writeRaw(event, write);
        return;
      case "retract":
        this.#retract(event.reason);
        return;
      case "finish":
        this.#finish(event, write);
        return;
      default:
        this.#content(event, write);
    }
  }

  /** What is known of the tokens, for an answer that does not end. */
  get usage(): Usage {
    return this.#usage;
  }

  #content(event: Exclude<ChatEvent, { type: StreamType }>, write: WritePart): void {
    if (event.type === "data" && event.opaque === undefined) {
      this.#plainData(event, write);
      return;
    }
    this.#emitted = true;
    this.#blocks.end(write);
    switch (event.type) {
      case "tool-call":
        this.#tools.call(event, write);
        return;
      case "tool-result":
        this.#tools.result(event, write);
        return;
      case "input-request":
        if (event.kind === "approval") this.#tools.approval(event, write);
        else writeRaw(event, write);
        return;
      case "sentence":
      case "audio-delta":
      case "nested":
        writeRaw(event, write);
        return;
      case "source":
        write(writeSource(event.source, `source-${this.#sources++}`));
        return;
      case "file":
        write(fileOf(event));
        return;
      case "data":
        this.#kept(event, write);
        return;
      default:
        event satisfies never;
    }
  }

  #start({ id, model: modelId, warnings = [], simulated }: StartEvent, write: WritePart): void {
    this.#mark(write);
    if (this.#started) return;
    this.#started = true;
    write({ type: "stream-start", warnings: writeWarnings([...this.#warnings, ...warnings], simulated === true) });
    write({ type: "response-metadata", id, modelId });
  }

  /** From here on the output can be taken back no more by what follows. */
  #mark(write: WritePart): void {
    this.#blocks.end(write);
    this.#tools.flush(write);
    this.#emitted = false;
  }

  #retract(reason: string): void {
    if (this.#emitted) {
      throw new SluiceError("retracted", `what was emitted is taken back: ${reason}`, { retryable: true });
    }
    this.#tools.drop();
  }

  /** What an application says beside the answer. Only a caller that asks for raw chunks sees it. */
  #plainData(event: DataEvent, write: WritePart): void {
    if (event.name === ANSWER_METADATA && isMetadata(event.value)) {
      this.#answerMetadata = { ...this.#answerMetadata, ...event.value };
    } else if (event.name === "provider/raw") {
      write({ type: "raw", rawValue: event.value });
    } else writeRaw(event, write);
  }

  /** State that stands for itself: an AI SDK part that was kept, or another dialect's. */
  #kept(event: DataEvent, write: WritePart): void {
    const { opaque } = event;
    const kept = opaque?.dialect === AI_SDK && isJsonObject(opaque.data) ? keptPart(opaque.data) : undefined;
    if (kept?.type === "tool-approval-request") this.#tools.asks(kept.toolCallId);
    write(kept ?? { type: "custom", kind: DATA_KIND, ...annotation(writeMetadata(opaque, noteData(event))) });
  }

  #finish({ reason, rawReason, usage }: FinishEvent, write: WritePart): void {
    this.#blocks.end(write);
    this.#tools.flush(write);
    const finish: JsonObject = writeFinishNote({ reason, usage, ...(rawReason !== undefined && { rawReason }) });
    write({
      type: "finish",
      finishReason: writeFinishReason(reason, rawReason),
      usage: writeUsage(usage),
      providerMetadata: { ...this.#answerMetadata, [SLUICE]: { finish } },
    });
  }
}

/** The types of event that are not content. */
type StreamType =
  | "text-delta"
  | "reasoning-delta"
  | "tool-input-delta"
  | "start"
  | "usage"
  | "step-start"
  | "step-finish"
  | "context"
  | "retract"
  | "finish";

function fileOf({ mediaType, data, opaque }: FileEvent): PartV4 {
  // Older versions of `ai` take only base64 in some places.
  const base64 = encodeBase64(data);
  return { type: "file", mediaType, data: { type: "data", data: base64 }, ...annotation(writeMetadata(opaque)) };
}

function writeRaw(event: ChatEvent, write: WritePart): void {
  write({ type: "raw", rawValue: { [SLUICE]: event } });
}
