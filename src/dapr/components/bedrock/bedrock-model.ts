import { uuid } from "../../../base/uuid.js";
import { defineModel } from "../../../models/define-model.js";
import type { ChatEvent, Warning } from "../../../stream/chat-event.js";
import type { ChatModel } from "../../../stream/chat-model.js";
import { SluiceError } from "../../../stream/error.js";
import { bedrockError } from "./bedrock-error.js";
import type { BedrockClient, BedrockSdk, ConverseInput, ConverseOutput, ConverseStreamOutput } from "./bedrock-sdk.js";
import { ConverseStreamReader, readConverseOutput } from "./read-converse-stream.js";
import { writeConverseInput } from "./write-converse-input.js";

/** Settings of `bedrockModel`. */
export interface BedrockModelOptions {
  /** As people name it. */
  id: string;
  /** As Bedrock names it: a model's id, an inference profile or an ARN. */
  modelId: string;
  sdk: BedrockSdk;
  client: BedrockClient;
}

/** A model behind Amazon Bedrock's Converse API, through the SDK's client. */
export function bedrockModel({ id, modelId, sdk, client }: BedrockModelOptions): ChatModel {
  return defineModel({
    id,
    capabilities: { streaming: true, tools: true, input: ["image", "document"] },
    async *stream(request, { signal, options }) {
      const warnings: Warning[] = [];
      const input = writeConverseInput(request, modelId, warnings);
      const streaming = options.streaming ?? true;
      const events = streaming ? streamed(sdk, client, input, signal) : whole(sdk, client, input, signal);
      try {
        yield {
          type: "start",
          id: uuid(),
          model: modelId,
          ...(!streaming && { simulated: true }),
          ...(warnings.length > 0 && { warnings }),
        };
        yield* events;
      } catch (thrown) {
        throw bedrockError(thrown, id);
      }
    },
  });
}

async function* streamed(
  sdk: BedrockSdk,
  client: BedrockClient,
  input: ConverseInput,
  abortSignal: AbortSignal,
): AsyncGenerator<ChatEvent> {
  const command = new sdk.ConverseStreamCommand(input);
  const { stream } = (await client.send(command, { abortSignal })) as ConverseStreamOutput;
  if (stream === undefined)
    throw new SluiceError("truncated", "Bedrock answered without a stream", { retryable: true });
  const reader = new ConverseStreamReader();
  for await (const event of stream) yield* reader.read(event);
  yield* reader.finish();
}

async function* whole(
  sdk: BedrockSdk,
  client: BedrockClient,
  input: ConverseInput,
  abortSignal: AbortSignal,
): AsyncGenerator<ChatEvent> {
  yield* readConverseOutput((await client.send(new sdk.ConverseCommand(input), { abortSignal })) as ConverseOutput);
}
