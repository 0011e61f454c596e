import { modelOf } from "../models/model-of.js";
import type { ChatModel } from "../stream/chat-model.js";
import { anything, boolean, type Check, exactly, filledString, having, wholeNumber } from "../stream/checks.js";
import { invalid, messageOf } from "../stream/error.js";
import type { ChatMessage } from "../stream/message.js";
import { addUsage, type Usage } from "../stream/usage.js";
import { cutsOf } from "./compaction-cuts.js";
import { type Folded, type Folder, providerCompactor } from "./provider-compactor.js";
import { afterInstructions, type SummaryWriter, summaryWriter, withSummary } from "./summary-writer.js";
import { estimatingCounter, type TokenCounter, tokenCounter } from "./token-counter.js";
import type { EarlierSummary, Window } from "./window.js";

/** Settings of `compact`. */
export interface CompactOptions {
  /** Writes the summaries: a model, or its name. */
  model: ChatModel | string;
  /** Tokens of a history that are sent as they are; more are compacted. */
  maxTokens: number;
  /** Tokens of the newest turns that stay as they are when it is compacted, instructions included. Default: half of `maxTokens`. */
  keepTokens?: number;
  /** The id of the model that is sent the history: counts with its vocabulary where that is known. Default: an estimate. */
  countFor?: string;
  /** Counts in place of that. */
  counter?: TokenCounter;
  /** Tells the model what to write. */
  instructions?: string;
  /**
   * Has the model's service compact, where it has such a call (OpenAI's `/responses/compact`): what stands for the oldest turns is then
   * the users' messages and the service's own state, which only its models can read; any other is sent the users' messages, and the
   * answer says what was left out. Default false.
   */
  byProvider?: boolean;
}

const OPTIONS = exactly("compact", {
  model: anything,
  maxTokens: wholeNumber(2),
  keepTokens: wholeNumber(1),
  countFor: filledString,
  counter: having("a token counter", "count"),
  instructions: filledString,
  byProvider: boolean,
} satisfies Record<keyof CompactOptions, Check>);

/**
 * Sends a history as it is until it has more than `maxTokens`; then a model's summary takes the place of the oldest turns, so
 * that what stays has about `keepTokens`. What is sent then only grows at its end until it is compacted again, so what the provider
 * has cached of it stays valid.
 *
 * Never folded: instructions, the running turn with its calls and open requests, and a call without what is known about it.
 * So more than `maxTokens` may be sent; `tokens` of the result says how many. In a conversation it happens before the turn's
 * model call, while no other turn can run; the summary is kept with the turn. Where the model fails, all is sent as it is, the
 * result says why (`summaryError`), and the next turn tries again.
 *
 * @throws {SluiceError} `invalid-argument`; `unsupported` for `byProvider` with a model whose service does not compact.
 * @example
 * ```ts
 * import { compact, Conversation } from "sluice/chat";
 *
 * const window = compact({ model: "openai/gpt-4.1-nano", maxTokens: 100_000 });
 * const conversation = new Conversation({ model: "openai/gpt-4.1", window });
 * ```
 */
export function compact(options: CompactOptions): Window {
  OPTIONS(options, "");
  const { maxTokens, keepTokens = Math.floor(maxTokens / 2), countFor, counter, instructions, byProvider } = options;
  if (keepTokens >= maxTokens) throw invalid("keepTokens", keepTokens, `less than maxTokens, ${maxTokens}`);
  const model = modelOf(options.model);
  const fold = byProvider === true ? providerCompactor(model) : inWords(summaryWriter(model, instructions));
  /** What was written, by the first message that it stands for: for histories that are kept by nobody. */
  const written = new WeakMap<ChatMessage, EarlierSummary>();
  const counted = new WeakMap<ChatMessage, number>();
  let loaded: Promise<TokenCounter> | undefined;

  return async (messages, signal, earlier) => {
    loaded ??= countFor === undefined ? Promise.resolve(estimatingCounter) : tokenCounter(countFor);
    const { count, estimated } = counter ?? (await loaded);
    const tokens = messages.map((message) => {
      const known = counted.get(message) ?? count([message]);
      counted.set(message, known);
      return known;
    });
    const history = new CompactedHistory(messages, tokens, count);
    const first = messages.find(({ role }) => role !== "system");
    // What only a service can read is no summary in words: what it stands for is folded again.
    const readable = byProvider === true || earlier?.messages === undefined;
    history.adopt(readable ? earlier : undefined, first && written.get(first));
    let summaryError: string | undefined;
    let used: Usage | undefined;
    const spend = (usage: Usage) => {
      used = addUsage(used ?? {}, usage);
    };
    const counting = (before: Folded | undefined, part: readonly ChatMessage[]) => fold(before, part, signal, spend);
    if (history.tokens > maxTokens) {
      try {
        const summary = await history.fold(
          keepTokens,
          byProvider === true ? Number.POSITIVE_INFINITY : maxTokens,
          counting,
        );
        if (summary !== undefined && first !== undefined) written.set(first, summary);
      } catch (thrown) {
        signal?.throwIfAborted();
        summaryError = messageOf(thrown);
      }
    }
    const { sent, summary, tokens: total } = history;
    return {
      messages: summary === undefined ? sent : withFolded(sent, summary),
      dropped: messages.length - sent.length,
      tokens: total,
      ...(estimated && { estimated: true as const }),
      ...(summary && { summary: summary.text, covers: summary.covers }),
      ...(summary?.messages && { summaryMessages: summary.messages }),
      ...(summaryError !== undefined && { summaryError }),
      ...(used && { spent: { model: model.id, usage: used } }),
    };
  };
}

/** Folds by a model's words. */
function inWords(write: SummaryWriter): Folder {
  return async (before, messages, signal, spend) => ({ text: await write(before?.text, messages, signal, spend) });
}

/** What stands for the oldest turns comes after the instructions that begin the conversation. */
function withFolded(sent: readonly ChatMessage[], { text, messages }: Folded): ChatMessage[] {
  return messages === undefined ? withSummary(sent, text) : afterInstructions(sent, messages);
}

/** A history, the summary that stands for its beginning, and where that ends. */
class CompactedHistory {
  readonly #messages: readonly ChatMessage[];
  readonly #sizes: readonly number[];
  readonly #count: TokenCounter["count"];
  readonly #cuts: readonly number[];
  /** Tokens of all instructions, and of everything else from an index on. */
  #instructions = 0;
  readonly #from: number[] = [];
  #end = 0;
  summary: EarlierSummary | undefined;

  constructor(messages: readonly ChatMessage[], sizes: readonly number[], count: TokenCounter["count"]) {
    this.#messages = messages;
    this.#sizes = sizes;
    this.#count = count;
    this.#cuts = cutsOf(messages);
    let from = 0;
    for (let index = messages.length - 1; index >= 0; index--) {
      const size = sizes[index] ?? 0;
      if (messages[index]?.role === "system") this.#instructions += size;
      else from += size;
      this.#from[index] = from;
    }
  }

  /** Goes on from the longest of earlier summaries that stands for a beginning of this history. */
  adopt(...earlier: (EarlierSummary | undefined)[]): void {
    for (const summary of earlier) {
      const end = summary === undefined ? 0 : this.#endOf(summary.covers);
      if (end <= this.#end) continue;
      this.#end = end;
      this.summary = summary;
    }
  }

  /** The cut that covered messages and instructions alone stand before; 0 if there is none, as on another branch. */
  #endOf(covers: ReadonlySet<ChatMessage>): number {
    const seen = new Set<ChatMessage>();
    const cut = this.#messages.findIndex((message) => {
      if (message.role === "system") return false;
      if (seen.size === covers.size || !covers.has(message)) return true;
      seen.add(message);
      return false;
    });
    return seen.size === covers.size && this.#cuts.includes(cut) ? cut : 0;
  }

  /** What is sent as it is. */
  get sent(): ChatMessage[] {
    return this.#messages.filter(({ role }, index) => index >= this.#end || role === "system");
  }

  /** Tokens of what is sent, the summary included. */
  get tokens(): number {
    return this.#tokensFrom(this.#end) + (this.summary === undefined ? 0 : this.#count(withFolded([], this.summary)));
  }

  /** Folds the oldest turns, in pieces that the model can read. Nothing changes if there are none that may be. */
  async fold(
    keep: number,
    piece: number,
    write: (before: Folded | undefined, part: readonly ChatMessage[]) => Promise<Folded>,
  ): Promise<EarlierSummary | undefined> {
    const cuts = this.#cuts.filter((cut) => cut > this.#end);
    const end = cuts.find((cut) => this.#tokensFrom(cut) <= keep) ?? cuts.at(-1);
    if (end === undefined) return undefined;
    let folded: Folded | undefined = this.summary;
    for (const part of this.#pieces(end, piece)) folded = await write(folded, part);
    if (folded === undefined) return undefined;
    const { text, messages } = folded;
    this.summary = { text, ...(messages && { messages }), covers: new Set(this.#folded(0, end)) };
    this.#end = end;
    return this.summary;
  }

  /** What is to be folded up to an index, in parts of at most so many tokens, or of one message. */
  #pieces(end: number, most: number): ChatMessage[][] {
    const pieces: ChatMessage[][] = [];
    let left = 0;
    for (let index = this.#end; index < end; index++) {
      const [message, size = 0] = [this.#messages[index], this.#sizes[index]];
      if (message === undefined || message.role === "system") continue;
      if (size > left || pieces.length === 0) {
        pieces.push([]);
        left = most;
      }
      pieces.at(-1)?.push(message);
      left -= size;
    }
    return pieces;
  }

  #folded(from: number, to: number): ChatMessage[] {
    return this.#messages.slice(from, to).filter(({ role }) => role !== "system");
  }

  #tokensFrom(from: number): number {
    return this.#instructions + (this.#from[from] ?? 0);
  }
}
