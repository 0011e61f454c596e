import type { JsonObject } from "../base/json.js";
import type { ChatEvent, FinishReason } from "../stream/chat-event.js";
import type { ChatModel } from "../stream/chat-model.js";
import type { ChatStream } from "../stream/chat-stream.js";
import { SluiceError } from "../stream/error.js";
import { type ChatMessage, textOf } from "../stream/message.js";
import type { Usage } from "../stream/usage.js";
import { object } from "../structured/object.js";
import type { ObjectStream } from "../structured/object-stream.js";
import type { Schema } from "../structured/schema.js";
import type { Signature } from "./signature/signature.js";

/** A whole run of an agent. */
export interface AgentResult<Outputs> {
  /** What the signature promises. */
  outputs: Outputs;
  /** All text of the run. */
  text: string;
  /** What was answered, as messages to append to a history. */
  messages: ChatMessage[];
  /** Why the last model call stopped. */
  finishReason: FinishReason;
  /** The usage of all model calls, those inside included. */
  usage: Usage;
}

/** One run of an agent, cold until it is read: its events, and its outputs when it is over. */
export class AgentRun<Outputs = JsonObject> implements AsyncIterable<ChatEvent> {
  /** The events. It has one reader, as any `ChatStream`; awaiting a result reads it where nobody else does. */
  readonly stream: ChatStream;
  readonly #signature: Signature;
  readonly #value: ObjectStream<unknown> | undefined;

  constructor(signature: Signature, answer: ChatStream) {
    this.#signature = signature;
    this.#value = signature.textOutput === undefined ? objectIn(signature.outputs.schema, answer) : undefined;
    this.stream = this.#value?.stream ?? answer;
  }

  [Symbol.asyncIterator](): AsyncIterator<ChatEvent, undefined> {
    return this.stream[Symbol.asyncIterator]();
  }

  /** The text as it arrives. */
  get text(): AsyncIterable<string> {
    return this.stream.text;
  }

  /** The outputs as far as they have arrived, where there are several or one that is no text. */
  get partials(): AsyncIterable<unknown> {
    if (this.#value !== undefined) return this.#value.partials;
    throw new SluiceError("unsupported", "the one output is a text: read `text`");
  }

  /**
   * The outputs, checked.
   *
   * @throws {SluiceError} `invalid-output`, `incomplete-output`, `refused`; `input-required` where somebody has to answer
   *   first; whatever the run failed with.
   */
  get outputs(): Promise<Outputs> {
    const outputs = this.#read();
    outputs.catch(() => {});
    return outputs;
  }

  /** What the run is worth as the result of a tool that returns it: its one text output, or its outputs. */
  get object(): Promise<unknown> {
    const { textOutput } = this.#signature;
    const value = this.#read().then((outputs) =>
      textOutput === undefined ? outputs : Reflect.get(outputs as object, textOutput),
    );
    value.catch(() => {});
    return value;
  }

  /** Everything about the run, when it is over. */
  async result(): Promise<AgentResult<Outputs>> {
    const outputs = await this.outputs;
    const { stream } = this;
    const [text, messages, finishReason, usage] = await Promise.all([
      stream.fullText,
      stream.messages,
      stream.finishReason,
      stream.usage,
    ]);
    return { outputs, text, messages, finishReason, usage };
  }

  async #read(): Promise<Outputs> {
    const reason = await this.stream.finishReason;
    if (reason === "input-required") {
      throw new SluiceError("input-required", "somebody has to answer before the agent can go on: see openRequests()");
    }
    const { textOutput } = this.#signature;
    if (textOutput === undefined) return (await this.#value?.object) as Outputs;
    const text = lastText(await this.stream.messages) || (await this.stream.fullText);
    if (reason === "budget" || reason === "tool-calls") {
      throw new SluiceError("incomplete-output", `the agent ended with ${reason} before its answer was complete`);
    }
    return { [textOutput]: text } as Outputs;
  }
}

function lastText(messages: readonly ChatMessage[]): string {
  const last = messages.at(-1);
  return last?.role === "assistant" ? textOf(last) : "";
}

/** The value in an answer whose model was asked for it already. */
function objectIn(schema: Schema, answer: ChatStream): ObjectStream<unknown> {
  const answered: ChatModel = { id: "agent", stream: () => answer };
  return object(answered, schema, "outputs", { mode: "instructions" });
}
