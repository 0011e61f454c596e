import { systemClock } from "../../base/clock.js";
import { defaultEnvironment, firstSet } from "../../models/provider-environment.js";
import type { CallOptions, ChatModel } from "../../stream/chat-model.js";
import type { ChatStream } from "../../stream/chat-stream.js";
import { invalid } from "../../stream/error.js";
import type { ConverseOptions } from "../converse/converse-options.js";
import type { Report } from "../resources/notice.js";
import type { Backend } from "./backend.js";
import { COMPONENT_VARIABLE } from "./choose-component.js";
import { ChunkStream } from "./chunk-stream.js";
import { clientLog } from "./client-log.js";
import { checkClientOptions, type DaprChatClientOptions } from "./client-options.js";
import { collectCompletion, type DaprCompletion } from "./completion.js";
import { type DaprChunk, DaprChunkWriter } from "./dapr-chunk.js";
import { DaprModel } from "./dapr-model.js";
import {
  type Asked,
  checkModelOptions,
  type DaprModelOptions,
  type GenerateOptions,
  readCallOptions,
  readGenerateOptions,
} from "./generate-options.js";
import { type OpenAiChunk, OpenAiChunkWriter } from "./open-ai-chunk.js";
import { OpenAnswers } from "./open-answers.js";
import { openBackends } from "./open-backends.js";

/**
 * A client of Dapr's conversation API whose answers stream: from a Sluice sidecar, or from component files in this process.
 * From a plain daprd, which cannot stream, they come whole, with `simulated`.
 * @example
 * ```ts
 * import { DaprChatClient } from "sluice/dapr";
 *
 * const client = new DaprChatClient({ resourcesPath: "./components", llmComponent: "llm" });
 * for await (const chunk of client.generate({ messages: "What is a sluice?", stream: true })) console.log(chunk.type);
 * await client.close();
 * ```
 */
export class DaprChatClient {
  readonly #component: string | undefined;
  readonly #backends: readonly Backend[];
  readonly #log: Report;
  readonly #open = new OpenAnswers();

  /** @throws {SluiceError} `invalid-argument` for an option that is wrong. Nothing is sent or read yet. */
  constructor(options: DaprChatClientOptions = {}) {
    checkClientOptions(options);
    const { env = defaultEnvironment(), clock = systemClock, llmComponent, componentName } = options;
    if (llmComponent !== undefined && componentName !== undefined && llmComponent !== componentName) {
      throw invalid(
        "componentName",
        componentName,
        `the same as llmComponent, ${JSON.stringify(llmComponent)}, or none`,
      );
    }
    this.#component = llmComponent ?? componentName ?? firstSet([COMPONENT_VARIABLE], env)?.value;
    this.#log = clientLog(options.log, env);
    this.#backends = openBackends({ ...options, env, clock, log: this.#log });
  }

  /**
   * Asks a component. With `stream: true` the answer comes in pieces; without, whole, in OpenAI's shape.
   *
   * @throws {SluiceError} `invalid-argument` for options that are wrong, `unsupported` for what Dapr's API cannot carry
   *   (tools of providers); reading throws what the call fails with, `unsupported` for files where a plain daprd answers.
   */
  generate(options: GenerateOptions & { stream: true }): ChunkStream<DaprChunk>;
  generate(options: GenerateOptions & { stream?: false }): Promise<DaprCompletion>;
  generate(options: GenerateOptions): ChunkStream<DaprChunk> | Promise<DaprCompletion>;
  generate(options: GenerateOptions): ChunkStream<DaprChunk> | Promise<DaprCompletion> {
    if (options?.stream === true) return new ChunkStream(this.#ask(options, {}), new DaprChunkWriter());
    return this.#complete(options);
  }

  /**
   * Asks a component and gives the answer as OpenAI's chunks.
   *
   * @throws {SluiceError} as `generate`.
   */
  generateStream(options: Omit<GenerateOptions, "stream">): ChunkStream<OpenAiChunk> {
    return new ChunkStream(this.#ask(options, {}), new OpenAiChunkWriter());
  }

  /**
   * A component as a chat model, for everything of Sluice that takes one: conversations, agents, tools, guards.
   *
   * @param options the component's name, or what every call has in common. Default: the client's component.
   * @throws {SluiceError} `invalid-argument` for options that are wrong.
   */
  model(options: string | DaprModelOptions = {}): ChatModel {
    const asked = typeof options === "string" ? { component: options } : options;
    checkModelOptions(asked);
    return this.#model(asked.component, readCallOptions(asked));
  }

  /**
   * Closes connections and what was opened for component files. Answers that are being read are cut, with error code
   * `cancelled`, and no other one begins.
   */
  async close(): Promise<void> {
    this.#open.close();
    await Promise.all(this.#backends.map((backend) => backend.close()));
  }

  async #complete(options: GenerateOptions): Promise<DaprCompletion> {
    return await collectCompletion(this.#ask(options, { streaming: false, retain: false }));
  }

  #ask(options: GenerateOptions, more: CallOptions): ChatStream {
    const { request, component, converse, call }: Asked = readGenerateOptions(options);
    return this.#model(component, converse).stream(request, { ...call, ...more });
  }

  #model(component: string | undefined, converse: ConverseOptions): DaprModel {
    return new DaprModel(
      this.#backends,
      { ...converse, component: component ?? this.#component },
      this.#log,
      this.#open,
    );
  }
}
