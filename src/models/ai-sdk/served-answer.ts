import type { ChatModel } from "../../stream/chat-model.js";
import { SluiceError } from "../../stream/error.js";
import { AnswerStream } from "./answer-stream.js";
import { writeError } from "./call-error.js";
import type { AiSdkCallOptions, AiSdkVersion, PartV4 } from "./language-model.js";
import { AiSdkPartWriter } from "./part-writer.js";
import { readOptions } from "./read-options.js";
import { CONVERSIONS, type PartsOf } from "./versions.js";
import { keptEvents, wholeAnswer } from "./whole-answer.js";

/** An answer as the parts of a stream. */
export async function streamedParts<Version extends AiSdkVersion>(
  model: ChatModel,
  version: Version,
  call: AiSdkCallOptions,
): Promise<{ stream: ReadableStream<PartsOf[Version]> }> {
  const { reader, writer, convert } = ask(model, version, call);
  return { stream: await new AnswerStream({ reader, writer, convert, signal: call.abortSignal }).open() };
}

/** An answer as one value. */
export async function generatedAnswer<Version extends AiSdkVersion>(
  model: ChatModel,
  version: Version,
  call: AiSdkCallOptions,
) {
  const { reader, writer, convert, request } = ask(model, version, call);
  try {
    const parts: PartsOf[Version][] = [];
    for (const event of await keptEvents(reader)) writer.push(event, (part) => parts.push(...convert(part)));
    return wholeAnswer<Version>(parts, request.messages);
  } catch (thrown) {
    throw writeError(SluiceError.from(thrown), call.abortSignal);
  }
}

/** Asks the model, and says how its answer is to be written. */
function ask<Version extends AiSdkVersion>(model: ChatModel, version: Version, options: AiSdkCallOptions) {
  try {
    const { request, call, warnings } = readOptions(options);
    const reader = model.stream(request, call).batches();
    const offered = new Set((request.tools ?? []).map(({ name = "" }) => name));
    const writer = new AiSdkPartWriter(offered, warnings, version !== "v2");
    const convert = (part: PartV4): readonly PartsOf[Version][] =>
      part.type === "raw" && options.includeRawChunks !== true ? [] : CONVERSIONS[version](part);
    return { reader, writer, convert, request };
  } catch (thrown) {
    throw writeError(SluiceError.from(thrown), options.abortSignal);
  }
}
