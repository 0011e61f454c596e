import type { JsonObject } from "../base/json.js";
import { cost } from "../models/prices/cost.js";
import { CostMeter } from "../models/prices/cost-meter.js";
import { defaultPrices } from "../models/prices/default-prices.js";
import type { ChatEvent } from "../stream/chat-event.js";
import type { ChatModel } from "../stream/chat-model.js";
import { ChatStream } from "../stream/chat-stream.js";
import { innerSource } from "../stream/inner-source.js";
import type { ChatMessage } from "../stream/message.js";
import type { ConversationKeeper } from "./conversation-keeper.js";
import type { ConversationOptions, TurnOptions } from "./conversation-options.js";
import type { StoredMessage } from "./conversation-store.js";
import { plainMetadata } from "./plain-metadata.js";
import { earlierSummary, newSummary } from "./stored-summary.js";
import { storedTurn, type TurnBeginning } from "./stored-turn.js";
import { type OpenedTurn, type TurnEnd, type TurnKeeper, turnSource } from "./turn-source.js";
import type { Window, WindowResult } from "./window.js";

/** What the turns of a conversation have in common. */
export interface TurnSettings extends Pick<ConversationOptions, "request" | "prices"> {
  contextId: string;
  window: Window;
  /** The instructions at the time. */
  system(): string | undefined;
}

/** One turn: opened when its stream is first read, and stored once, when it is over. */
export class ConversationTurn implements TurnKeeper {
  readonly #keeper: ConversationKeeper;
  readonly #settings: TurnSettings;
  readonly #model: ChatModel;
  readonly #options: TurnOptions;
  readonly #begin: () => TurnBeginning;
  #release: (() => void) | undefined;
  #beginning: TurnBeginning | undefined;
  #metadata: JsonObject | undefined;

  /** @param begin says where it begins, and with which messages. */
  constructor(
    keeper: ConversationKeeper,
    settings: TurnSettings,
    model: ChatModel,
    options: TurnOptions,
    begin: () => TurnBeginning,
  ) {
    this.#keeper = keeper;
    this.#settings = settings;
    this.#model = model;
    this.#options = options;
    this.#begin = begin;
  }

  stream(): ChatStream {
    const { signal, retain } = this.#options;
    const meter = new CostMeter(this.#model.id, this.#settings.prices ?? defaultPrices());
    return new ChatStream(turnSource(this, meter), { signal, retain });
  }

  async open(left: AbortSignal): Promise<OpenedTurn> {
    this.#release = await this.#keeper.beginTurn();
    try {
      left.throwIfAborted();
      return await this.#ask(left);
    } catch (thrown) {
      this.#release();
      this.#release = undefined;
      throw thrown;
    }
  }

  async #ask(left: AbortSignal): Promise<OpenedTurn> {
    const { metadata, request, ...call } = this.#options;
    const { contextId, request: usual } = this.#settings;
    this.#metadata = metadata && plainMetadata(metadata);
    const turn = this.#begin();
    const path = this.#keeper.log.tree.path(turn.parentId);
    const began = { ...turn, asked: this.#keeper.unanswered(path, turn.asked) };
    const { messages, covers, spent, summaryMessages, ...window } = await this.#sent(path, began.asked, left);
    if (spent !== undefined) call.context?.budget?.spend(spent.usage, spent.model);
    left.throwIfAborted();
    const opening: ChatEvent[] = [{ type: "context", contextId }];
    if (window.dropped > 0 || window.summaryError !== undefined)
      opening.push({ type: "data", name: "chat/window", value: { ...window } });
    const source = innerSource(this.#model, { ...usual, ...request, messages }, call);
    const summary = newSummary(path, {
      ...window,
      ...(summaryMessages && { summaryMessages }),
      ...(covers && { covers }),
    });
    this.#beginning = { ...began, ...(summary && { summary }) };
    return { source, opening, ...(spent && { before: { usage: spent.usage, cost: this.#costOf(spent) } }) };
  }

  /** What the model is sent: the conversation's instructions, and the path through the window. */
  async #sent(
    path: readonly StoredMessage[],
    asked: readonly ChatMessage[],
    signal: AbortSignal,
  ): Promise<WindowResult> {
    const system = this.#settings.system();
    const messages = path.map(({ message }) => message);
    if (system !== undefined) messages.unshift({ role: "system", content: system });
    messages.push(...asked);
    return this.#settings.window(messages, signal, earlierSummary(path));
  }

  async complete(end: TurnEnd): Promise<void> {
    if (this.#release === undefined) return;
    this.#keeper.endingTurn();
    // A turn that is left while it is being opened is over as soon as that has noticed.
    if (this.#beginning === undefined) return;
    try {
      await this.#keeper.append(this.#keeper.kept(storedTurn(this.#beginning, end, this.#metadata)));
    } finally {
      this.#release();
    }
  }

  /** Why it could not be stored is kept by the keeper. */
  async interrupt(end: TurnEnd): Promise<void> {
    await this.complete(end).catch(() => {});
  }

  #costOf({ model, usage }: NonNullable<WindowResult["spent"]>): number | undefined {
    return cost(usage, model, this.#settings.prices ?? defaultPrices());
  }
}
