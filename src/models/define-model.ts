import { checkCallOptions } from "../stream/call-options.js";
import type { ChatEvent } from "../stream/chat-event.js";
import type { CallOptions, Capabilities, ChatModel } from "../stream/chat-model.js";
import type { ChatRequest } from "../stream/chat-request.js";
import { ChatStream } from "../stream/chat-stream.js";
import { CAPABILITIES } from "../stream/check-capabilities.js";
import { callable, exactly, filledString } from "../stream/checks.js";
import { validateRequest } from "../stream/validate-request.js";
import { authoredSource } from "./authored-source.js";

/** What the model's function yields: text, or events. */
export type ModelOutput = string | ChatEvent;

/** A chat model that an application defines. */
export interface ModelDefinition {
  /** As people name it. */
  id: string;
  /** What it can do. Files of a kind that `input` does not name are refused before it is called. */
  capabilities?: Capabilities;
  /**
   * Answers a request. `start` and `finish` may be left out; without a `finish` the answer ended well when the function
   * returns (`tool-calls` if it called any tool, `stop` otherwise). What it throws ends the stream.
   */
  stream(request: ChatRequest, context: ModelContext): AsyncIterable<ModelOutput> | Iterable<ModelOutput>;
}

/** What the model's function gets beside the request. */
export interface ModelContext {
  /** Aborted as soon as the reader leaves. */
  signal: AbortSignal;
  /** Those of the call, as they were given. */
  options: CallOptions;
}

const DEFINITION = exactly(
  "defineModel",
  {
    id: { required: filledString },
    capabilities: CAPABILITIES,
    stream: { required: callable },
  } satisfies Record<keyof ModelDefinition, unknown>,
  "definition",
);

/**
 * Makes a chat model of a function that yields text or events. Several whole answers in a row (`yield* a.stream(request)`, then
 * `yield* b.stream(request)`) become the steps of one.
 *
 * @throws {SluiceError} `invalid-argument` for a definition without id or function, or with an unknown field.
 * @example
 * ```ts
 * import { defineModel, stream } from "sluice";
 *
 * const countdown = defineModel({
 *   id: "countdown",
 *   async *stream() {
 *     for (const n of ["3", "2", "1"]) yield `${n} `;
 *   },
 * });
 * for await (const text of stream(countdown, "Go").text) process.stdout.write(text);
 * ```
 */
export function defineModel(definition: ModelDefinition): ChatModel {
  DEFINITION(definition, "");
  const { id, capabilities } = definition;
  return {
    id,
    ...(capabilities && { capabilities }),
    stream(request, options = {}) {
      validateRequest(request, definition);
      checkCallOptions(options);
      const { signal, retain } = options;
      return new ChatStream(authoredSource(definition, request, options), { signal, retain });
    },
  };
}
