import { LazyAbort } from "../base/lazy-abort.js";
import { uuid } from "../base/uuid.js";
import type { Batch, BatchSource } from "../stream/batch-source.js";
import type { ChatEvent, FinishEvent, StepStartEvent } from "../stream/chat-event.js";
import { type ChatMessage, textOf } from "../stream/message.js";
import { addUsage, type Usage } from "../stream/usage.js";
import { StepCounter, StepRelay } from "../tools/step-relay.js";

/** A stream that becomes steps of the whole answer. */
export interface Turn {
  source: BatchSource;
  /** Who speaks, as a path from the outermost: named on each step. */
  agent?: string;
  /** Emitted at the beginning of its first step. */
  opening?: readonly ChatEvent[];
}

/** A turn that is over. */
export interface EndedTurn {
  /** Who spoke, as a path from the outermost. */
  agent: string | undefined;
  /** What it had begun with. */
  opening: readonly ChatEvent[];
  /** Why the turn ended, and its tokens. */
  finish: FinishEvent;
  /** What was answered, as messages to send back. */
  messages: ChatMessage[];
  /** The text of the last answer. */
  text: string;
}

/**
 * Decides who is next: `undefined` ends the answer with the last turn's reason. May wait.
 *
 * @param spend counts what deciding used as part of the answer.
 */
export type NextTurn = (
  ended: readonly EndedTurn[],
  signal: AbortSignal,
  spend: (usage: Usage) => void,
) => Turn | undefined | Promise<Turn | undefined>;

/** Several streams, one after the other, as the steps of one: it starts once, ends once, and uses what all of them use. */
export function turnsSource(next: NextTurn): BatchSource {
  return new TurnsSource(next);
}

class TurnsSource implements BatchSource {
  readonly #decide: NextTurn;
  readonly #left = new LazyAbort();
  readonly #counter = new StepCounter();
  readonly #ended: EndedTurn[] = [];
  #turn: Turn | undefined;
  #relay: StepRelay | undefined;
  #opening: readonly ChatEvent[] = [];
  #usage: Usage = {};
  #over = false;

  constructor(next: NextTurn) {
    this.#decide = next;
  }

  async next(): Promise<Batch | undefined> {
    for (;;) {
      if (this.#over) return undefined;
      if (this.#turn === undefined) {
        const ending = await this.#begin();
        if (ending !== undefined) return ending;
      }
      const pulled = this.#turn?.source.next();
      const batch = pulled instanceof Promise ? await this.#left.race(pulled) : pulled;
      const out = this.#pass(batch ?? []);
      if (out.length > 0) return out;
    }
  }

  cancel(reason: unknown): void {
    this.#over = true;
    this.#turn?.source.cancel(reason);
    this.#left.abort(reason);
  }

  readonly #spend = (usage: Usage): void => {
    this.#usage = addUsage(this.#usage, usage);
  };

  /** Begins the next turn; returns the end of the answer if there is none. */
  async #begin(): Promise<Batch | undefined> {
    const decided = this.#decide(this.#ended, this.#left.signal, this.#spend);
    const turn = decided instanceof Promise ? await this.#left.race(decided) : decided;
    if (turn !== undefined) {
      this.#turn = turn;
      this.#opening = turn.opening ?? [];
      this.#relay = new StepRelay(this.#counter);
      return undefined;
    }
    this.#over = true;
    const { reason = "stop", rawReason } = this.#ended.at(-1)?.finish ?? {};
    const start: ChatEvent[] = this.#counter.started ? [] : [{ type: "start", id: uuid(), model: "agents" }];
    return [...start, { type: "finish", reason, ...(rawReason !== undefined && { rawReason }), usage: this.#usage }];
  }

  #pass(batch: Batch): ChatEvent[] {
    const out: ChatEvent[] = [];
    const passed: ChatEvent[] = [];
    for (const event of batch) {
      this.#relay?.pass(event, passed);
      for (const one of passed) {
        if (one.type === "step-start") this.#openStep(one, out);
        else out.push(one);
      }
      passed.length = 0;
      if (event.type === "finish") this.#endTurn(event, out);
    }
    return out;
  }

  /** A step says who speaks; the first one of a turn has the turn's opening. */
  #openStep(event: StepStartEvent, out: ChatEvent[]): void {
    const { agent } = this.#turn ?? {};
    const path = event.agent === undefined || agent === undefined ? (agent ?? event.agent) : `${agent}/${event.agent}`;
    out.push(path === undefined ? event : { ...event, agent: path }, ...this.#opening);
    this.#opening = [];
  }

  #endTurn(finish: FinishEvent, out: ChatEvent[]): void {
    this.#relay?.close(finish.reason, out);
    const messages = this.#relay?.messages ?? [];
    const last = messages.at(-1);
    const text = last?.role === "assistant" ? textOf(last) : "";
    const { agent, opening = [] } = this.#turn ?? {};
    this.#ended.push({ agent, opening, finish, messages, text });
    this.#spend(finish.usage);
    this.#turn = undefined;
    this.#relay = undefined;
  }
}

/** Whether an answer is over for good: somebody must answer, a limit was reached, or a filter cut it. */
export function endsAnswer({ finish }: EndedTurn): boolean {
  return finish.reason !== "stop" && finish.reason !== "length" && finish.reason !== "other";
}
