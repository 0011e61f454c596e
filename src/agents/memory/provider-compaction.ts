import type { JsonObject } from "../../base/json.js";
import type { CallOptions, ChatModel } from "../../stream/chat-model.js";
import type { ChatRequest } from "../../stream/chat-request.js";
import type { ChatStream } from "../../stream/chat-stream.js";
import { type Check, exactly, having, wholeNumber } from "../../stream/checks.js";
import type { ChatMessage } from "../../stream/message.js";
import { wrapModel } from "../../stream/wrap-model.js";
import type { Tool } from "../../tools/tool.js";
import type { AgentMemory } from "./agent-memory.js";
import { bufferMemory } from "./conversation-memory.js";

/** Settings of `providerCompaction`. */
export interface ProviderCompactionOptions {
  /** Input tokens from which on the provider compacts. Anthropic takes at least 50,000. */
  maxTokens: number;
  /**
   * The newest results of tools that stay when Anthropic clears older ones, which it does before it compacts. Default: none is
   * cleared. OpenAI has nothing like it.
   */
  keepToolResults?: number;
  /** Keeps the sessions. Default: `bufferMemory()`. */
  sessions?: AgentMemory;
}

const checkOptions = exactly("providerCompaction", {
  maxTokens: { required: wholeNumber(1) },
  keepToolResults: wholeNumber(0),
  sessions: having("a memory", "answer", "messages", "clear"),
} satisfies Record<keyof ProviderCompactionOptions, Check | { required: Check }>);

/**
 * A memory whose sessions the provider compacts itself: OpenAI's Responses API (`context_management` with `compact_threshold`) and
 * Anthropic (context edits). What the provider makes of the past is part of its answer, only it can read it, and it is sent back
 * with the session. The whole session is kept and sent as well, so that another model can go on from it; the provider passes over
 * what it has compacted. Other protocols are sent nothing of it: there, take `compactingMemory`.
 *
 * @throws {SluiceError} `invalid-argument`.
 * @example
 * ```ts
 * import { Agent, providerCompaction } from "sluice/agents";
 *
 * const agent = new Agent({ model: "anthropic/claude-opus-4-6", memory: providerCompaction({ maxTokens: 150_000 }) });
 * ```
 */
export function providerCompaction(options: ProviderCompactionOptions): AgentMemory {
  checkOptions(options, "");
  return new ProviderCompaction(options);
}

class ProviderCompaction implements AgentMemory {
  readonly tools: readonly Tool[];
  readonly #sessions: AgentMemory;
  /** By dialect. */
  readonly #settings: { [dialect: string]: JsonObject };

  constructor({ maxTokens, keepToolResults, sessions = bufferMemory() }: ProviderCompactionOptions) {
    this.#sessions = sessions;
    this.tools = sessions.tools ?? [];
    const clear = { type: "clear_tool_uses_20250919", keep: { type: "tool_uses", value: keepToolResults ?? 0 } };
    const compact = { type: "compact_20260112", trigger: { type: "input_tokens", value: maxTokens } };
    this.#settings = {
      // https://developers.openai.com/api/docs/guides/compaction
      "openai-responses": { context_management: [{ type: "compaction", compact_threshold: maxTokens }] },
      // https://platform.claude.com/docs/en/build-with-claude/context-editing and …/compaction
      anthropic: { context_management: { edits: keepToolResults === undefined ? [compact] : [clear, compact] } },
    };
  }

  answer(sessionId: string, messages: ChatMessage[], model: ChatModel, call: CallOptions): ChatStream {
    const compacted = wrapModel(model, ({ request }) => ({ request: this.#asked(request) }));
    return this.#sessions.answer(sessionId, messages, compacted, call);
  }

  messages(sessionId: string): Promise<ChatMessage[]> {
    return this.#sessions.messages(sessionId);
  }

  clear(sessionId: string): Promise<void> {
    return this.#sessions.clear(sessionId);
  }

  #asked(request: ChatRequest): ChatRequest {
    const providerOptions = { ...request.providerOptions };
    for (const [dialect, settings] of Object.entries(this.#settings)) {
      providerOptions[dialect] = { ...settings, ...providerOptions[dialect] };
    }
    return { ...request, providerOptions };
  }
}
