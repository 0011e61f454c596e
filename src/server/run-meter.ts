import { TokenBoundaries } from "../base/token-estimate.js";
import { cost } from "../models/prices/cost.js";
import { CostMeter } from "../models/prices/cost-meter.js";
import type { RunOutcome } from "../runs/start-run.js";
import type { Batch } from "../stream/batch-source.js";
import type { ChatEvent } from "../stream/chat-event.js";
import type { ChatRequest } from "../stream/chat-request.js";
import { textOf } from "../stream/message.js";
import type { Usage } from "../stream/usage.js";

/** What a run used. */
export interface RunUse {
  usage: Usage;
  /** Whether the provider did not say all of it, so that tokens were counted here. */
  estimated?: true;
  /** In USD; absent where a price is not known. */
  costUsd?: number;
}

/** Counts what a run uses while it goes on, so that one that is cut off is booked too: most providers say it at the end alone. */
export class RunMeter {
  readonly #request: ChatRequest | undefined;
  readonly #cost: CostMeter;
  #model: string;
  readonly #boundaries = new TokenBoundaries();
  #outputTokens = 0;
  #begun = false;

  /**
   * @param modelId of the model that is asked.
   * @param request what it is asked; absent: what it reads is counted by its provider alone.
   */
  constructor(modelId: string, request?: ChatRequest) {
    this.#model = modelId;
    this.#request = request;
    this.#cost = new CostMeter(modelId);
  }

  /** A route asks another model. */
  ask(modelId: string): void {
    this.#model = modelId;
    this.#cost.ask(modelId);
  }

  /** Tokens of output, as far as they were counted here. */
  get outputTokens(): number {
    return this.#outputTokens;
  }

  readonly push = (events: Batch): void => {
    for (const event of events) {
      this.#cost.push(event);
      this.#count(event);
    }
  };

  /** What a run that has ended so used. What never reached a model used nothing. */
  use({ usage, error }: RunOutcome): RunUse {
    if (error !== undefined && this.#begun) return this.#cutOff(usage);
    const { total } = this.#cost;
    return { usage, ...(total !== undefined && { costUsd: total }) };
  }

  /** Some providers have reported no usage by then, and some too little. */
  #cutOff(known: Usage): RunUse {
    const inputTokens = known.inputTokens ?? (this.#request && inputTokensOf(this.#request));
    const outputTokens = Math.max(known.outputTokens ?? 0, this.#outputTokens);
    const usage: Usage = { ...known, ...(inputTokens !== undefined && { inputTokens }), outputTokens };
    const costUsd = cost(usage, this.#model);
    const estimated = inputTokens !== known.inputTokens || outputTokens !== known.outputTokens;
    return { usage, ...(estimated && { estimated }), ...(costUsd !== undefined && { costUsd }) };
  }

  #count(event: ChatEvent): void {
    switch (event.type) {
      case "text-delta":
      case "reasoning-delta":
        this.#read(event.text);
        return;
      case "tool-input-delta":
        this.#read(event.delta);
        return;
      case "nested":
        this.#count(event.event);
        return;
      case "start":
        this.#begun = true;
        return;
      default:
    }
  }

  #read(text: string): void {
    for (let i = 0; i < text.length; i++) if (this.#boundaries.before(text.charCodeAt(i))) this.#outputTokens++;
  }
}

function inputTokensOf({ messages, tools }: ChatRequest): number {
  const boundaries = new TokenBoundaries();
  let tokens = 0;
  const read = (text: string) => {
    for (let i = 0; i < text.length; i++) if (boundaries.before(text.charCodeAt(i))) tokens++;
  };
  for (const message of messages) read(textOf(message));
  if (tools !== undefined) read(JSON.stringify(tools));
  return tokens;
}
