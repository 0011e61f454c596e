import type { Clock } from "../../base/clock.js";
import type { BatchSource } from "../../stream/batch-source.js";
import type { RetryPolicy, Timeouts } from "../../stream/chat-model.js";
import type { ChatRequest } from "../../stream/chat-request.js";
import { BatchedReader } from "../parts/batched-reader.js";
import type { OpenedAnswer } from "../parts/part-answer.js";
import { partSource } from "../parts/part-source.js";
import type { AiSdkTarget } from "./call-target.js";
import { fetchFiles } from "./fetch-files.js";
import type { FromAiSdkOptions } from "./from-ai-sdk.js";
import { generatedParts } from "./generated-parts.js";
import type { AiSdkCallOptions, AiSdkLanguageModel } from "./language-model.js";
import { SLUICE } from "./metadata.js";
import type { Part } from "./part.js";
import { AiSdkPartReader } from "./part-reader.js";
import { readError } from "./read-error.js";
import { writeOptions } from "./write-options.js";

/** Everything that one call of an AI SDK model needs. */
export interface AiSdkCall {
  model: AiSdkLanguageModel;
  /** As people name the model. */
  id: string;
  request: ChatRequest;
  options: FromAiSdkOptions;
  streaming: boolean;
  headers: Record<string, string> | undefined;
  timeouts: Readonly<Required<Timeouts>>;
  retry: Readonly<Required<RetryPolicy>>;
  clock: Clock;
  /** From 0 to 1. */
  random: () => number;
}

/**
 * The events of one call.
 *
 * @throws {SluiceError} `unsupported` for what the model cannot be asked.
 */
export function calledSource(call: AiSdkCall): BatchSource {
  const { provider, specificationVersion: version } = call.model;
  const target = { version, provider: provider.split(".", 1)[0] ?? provider };
  // What cannot be written is refused before anything is fetched.
  writeOptions(call.request, target);
  const { id, timeouts, retry, clock, random } = call;
  return partSource<Part>({
    id,
    open: (abortSignal) => open(call, target, abortSignal),
    readError,
    timeouts,
    retry,
    clock,
    random,
  });
}

async function open(
  { model, request, options, streaming, headers }: AiSdkCall,
  target: AiSdkTarget,
  abortSignal: AbortSignal,
): Promise<OpenedAnswer<Part>> {
  const supported = (await model.supportedUrls) ?? {};
  const messages = await fetchFiles(request.messages, supported, options.download, abortSignal);
  const written = writeOptions({ ...request, messages }, target);
  const call: AiSdkCallOptions = {
    ...written.options,
    // A model of ours says among them what it has no parts for.
    ...((options.rawChunks === true || target.provider === SLUICE) && { includeRawChunks: true }),
    ...(headers !== undefined && { headers }),
    abortSignal,
  };
  const expected = { model: model.modelId, simulated: !streaming, warnings: written.warnings };
  const stream = streaming ? (await model.doStream(call)).stream : generatedParts(await model.doGenerate(call));
  // Whatever their version calls them, parts are objects whose fields are checked where they are read.
  return { parts: new BatchedReader(stream as ReadableStream<Part>), reader: new AiSdkPartReader(expected) };
}
