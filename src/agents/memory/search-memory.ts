import type { CallContext } from "../../stream/call-context.js";
import type { CallOptions, ChatModel } from "../../stream/chat-model.js";
import type { ChatRequest } from "../../stream/chat-request.js";
import type { ChatStream } from "../../stream/chat-stream.js";
import { anything, boolean, type Check, callable, exactly, having, limit } from "../../stream/checks.js";
import { type ChatMessage, textOf } from "../../stream/message.js";
import { wrapModel } from "../../stream/wrap-model.js";
import type { Tool } from "../../tools/tool.js";
import type { AgentMemory } from "./agent-memory.js";
import { bufferMemory } from "./conversation-memory.js";
import { checkEmbedder, FactBook, type FactEmbedder } from "./facts/fact-book.js";
import type { Fact, FactStore, FoundFact } from "./facts/fact-store.js";
import { factTools } from "./facts/fact-tools.js";

/** Settings of `searchMemory`. */
export interface SearchMemoryOptions {
  /** A store of facts, the path of a file, or `postgres://…`. Default: this process's memory. */
  facts?: FactStore | string;
  /** Finds facts by meaning: an embedding model, or its name as `embedder()` takes it. Default: they are found by their words. */
  embedder?: FactEmbedder;
  /** Keeps the sessions themselves. Default: `bufferMemory()`. */
  sessions?: AgentMemory;
  /** The scope whose facts a session has. Default: the `caller` in the call's context, else the session. */
  scope?: (sessionId: string, context: CallContext) => string;
  /** Most facts that are put before a question. Default 5. */
  top?: number;
  /** Whether the model has tools to keep, find and forget facts. Default true. */
  tools?: boolean;
}

const checkOptions = exactly("searchMemory", {
  facts: anything,
  embedder: checkEmbedder,
  sessions: having("a memory", "answer", "messages", "clear"),
  scope: callable,
  top: limit,
  tools: boolean,
} satisfies Record<keyof SearchMemoryOptions, Check>);

/**
 * A memory of facts beside that of sessions: what fits a question is found by words and by meaning and put before it, and the model
 * keeps what is worth it. Facts outlive sessions; whoever they are about can list and delete them.
 *
 * @throws {SluiceError} `invalid-argument`. A turn whose facts cannot be looked up fails with `store-failed` before any model is called.
 * @example
 * ```ts
 * import { Agent, searchMemory } from "sluice/agents";
 *
 * const memory = searchMemory({ facts: "facts.ndjson", embedder: "openai/text-embedding-3-small" });
 * const agent = new Agent({ model: "openai/gpt-5-mini", memory });
 * await agent.chat("I am allergic to nuts.", { sessionId: "monday", context: { caller: "ada" } });
 * for (const { id, text } of await memory.list("ada")) console.log(id, text);
 * ```
 */
export function searchMemory(options: SearchMemoryOptions = {}): SearchMemory {
  return new SearchMemory(options);
}

/** Sessions, and facts that outlive them. Made by `searchMemory()`. */
export class SearchMemory implements AgentMemory {
  /** Those with which the model keeps, finds and forgets facts. */
  readonly tools: readonly Tool[];
  readonly #book: FactBook;
  readonly #sessions: AgentMemory;
  readonly #scope: (sessionId: string, context: CallContext) => string;
  readonly #top: number;

  /** @throws {SluiceError} `invalid-argument`. */
  constructor(options: SearchMemoryOptions) {
    checkOptions(options, "");
    const { facts, embedder, sessions = bufferMemory(), scope = callerOrSession, top = 5, tools = true } = options;
    this.#book = new FactBook(facts, embedder);
    this.#sessions = sessions;
    this.#scope = scope;
    this.#top = top;
    const settings = {
      book: this.#book,
      scope: ({ context }: { context: CallContext }) => scope(context.sessionId ?? "default", context),
      top: Math.min(top, 50),
      names: { keep: "remember", search: "search_memory", forget: "forget" },
      about: "your memory of the user",
    };
    this.tools = tools ? factTools(settings) : [];
  }

  answer(sessionId: string, messages: ChatMessage[], model: ChatModel, call: CallOptions): ChatStream {
    const { context = {} } = call;
    const scope = this.#scope(sessionId, context);
    const informed = wrapModel(model, ({ signal }) => ({
      request: async (request) => {
        const question = request.messages.findLast(({ role }) => role === "user");
        if (question === undefined || request.messages.at(-1) !== question) return request;
        const found = await this.#book.search(scope, textOf(question), this.#top, { context, signal });
        return found.length === 0 ? request : withFacts(request, question, found);
      },
    }));
    return this.#sessions.answer(sessionId, messages, informed, call);
  }

  messages(sessionId: string): Promise<ChatMessage[]> {
    return this.#sessions.messages(sessionId);
  }

  /** Forgets a session. Facts stay: `clearFacts` deletes those. */
  clear(sessionId: string): Promise<void> {
    return this.#sessions.clear(sessionId);
  }

  /** Keeps facts in a scope. */
  add(scope: string, ...facts: readonly string[]): Promise<Fact[]> {
    return this.#book.add(scope, facts);
  }

  /** All facts of a scope, oldest first. */
  list(scope: string): Promise<Fact[]> {
    return this.#book.list(scope);
  }

  /** The facts of a scope that fit a question best. */
  search(scope: string, question: string, limit = this.#top): Promise<FoundFact[]> {
    return this.#book.search(scope, question, limit);
  }

  /** Deletes a fact; false if there is none of that id. */
  delete(scope: string, id: string): Promise<boolean> {
    return this.#book.delete(scope, id);
  }

  /** Deletes all facts of a scope. */
  clearFacts(scope: string): Promise<void> {
    return this.#book.clear(scope);
  }

  /** Closes the store of facts, where it was opened here. */
  close(): Promise<void> {
    return this.#book.close();
  }
}

function callerOrSession(sessionId: string, { caller }: CallContext): string {
  return caller ?? sessionId;
}

/** Facts stand right before the question, so that what the provider has cached stays valid, and as a user message: they do not instruct. */
function withFacts(request: ChatRequest, question: ChatMessage, facts: readonly FoundFact[]): ChatRequest {
  const lines = facts.map(({ text, at }) => `- ${text.replace(/\s+/g, " ")} (${at.slice(0, 10)})`);
  const content = `Notes from earlier, which may help with what I ask next:\n${lines.join("\n")}`;
  return { ...request, messages: [...request.messages.slice(0, -1), { role: "user", content }, question] };
}
