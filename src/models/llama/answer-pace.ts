import type { LlamaSequence } from "./node-llama-cpp.js";

/**
 * Tokens that are read of a prompt before it is asked again whether somebody still waits: one batch of llama.cpp's.
 */
const PROMPT_SLICE = 512;

/** Callbacks of the evaluation. */
export interface PaceListener {
  /** Before the prompt is read. `cached` of its tokens were in memory already. */
  onPrompt(tokens: number, cached: number): void;
  onToken(token: number): void;
}

/** Lets an answer go on while its reader waits for more, and hold otherwise. */
export class AnswerPace {
  readonly #signal: AbortSignal;
  #wanted = false;
  #resume: (() => void) | undefined;

  constructor(signal: AbortSignal) {
    this.#signal = signal;
    signal.addEventListener("abort", () => this.#resume?.(), { once: true });
  }

  /** The reader waits. */
  want(): void {
    this.#wanted = true;
    this.#resume?.();
  }

  /** The reader got something. */
  rest(): void {
    this.#wanted = false;
  }

  /** Resolves when there is work to do; throws the signal's reason when there never will be. */
  async turn(): Promise<void> {
    while (!this.#wanted && !this.#signal.aborted) {
      await new Promise<void>((resolve) => {
        this.#resume = resolve;
      });
    }
    this.#signal.throwIfAborted();
  }

  /**
   * Puts itself between a sequence and the chat that draws tokens from its `evaluate`. The chat tells of its tokens and has
   * no way to be paused; the generator it draws from has.
   *
   * @returns how to step aside.
   */
  hold(sequence: LlamaSequence, listener: PaceListener): () => void {
    const evaluate = sequence.evaluate;
    const turn = () => this.turn();
    sequence.evaluate = async function* (tokens, options) {
      listener.onPrompt(sequence.nextTokenIndex + tokens.length, sequence.nextTokenIndex);
      let rest = tokens;
      for (; rest.length > PROMPT_SLICE; rest = rest.slice(PROMPT_SLICE)) {
        await turn();
        await sequence.evaluateWithoutGeneratingNewTokens(rest.slice(0, PROMPT_SLICE));
      }
      const generated = evaluate.call(sequence, rest, options);
      try {
        let instead: undefined | number | number[];
        for (;;) {
          await turn();
          const { value, done } = await generated.next(instead);
          if (done) return;
          listener.onToken(value);
          instead = yield value;
        }
      } finally {
        await generated.return();
      }
    };
    return () => {
      sequence.evaluate = evaluate;
    };
  }
}
