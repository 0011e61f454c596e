import type { ChatRequest } from "../../stream/chat-request.js";
import { boolean, type Check, exactly, list, oneOf } from "../../stream/checks.js";
import type { Transform } from "../../stream/sources/transform.js";
import type { CallGuard, Guard } from "../guard.js";
import type { Direction, PiiCallOptions, PiiCalls } from "./pii-call.js";
import { PiiVault } from "./pii-vault.js";
import { checkScrubbing, SCRUB_OPTIONS, type ScrubOptions } from "./scrub-options.js";

/** Settings of `pii`. */
export interface PiiOptions extends ScrubOptions {
  /** What is scrubbed: `input` (what the provider sees), `output` (what the reader sees), or both (default). */
  directions?: readonly Direction[];
  /**
   * Placeholders are numbered, and the reader is shown the values again. `true`: each call has a vault of its own, gone when
   * the call is over. A vault of the caller's keeps the same placeholders over a conversation, which reasoning that a
   * provider signed needs; it must serve one user alone. Default false.
   */
  reversible?: boolean | PiiVault;
}

const DIRECTIONS: readonly Direction[] = ["input", "output"];
const NAME = "pii";

const OPTIONS = exactly("pii", {
  ...SCRUB_OPTIONS,
  directions: list("an array of input and output", oneOf(...DIRECTIONS)),
  reversible: (value, path) => {
    if (!(value instanceof PiiVault)) boolean(value, path);
  },
} satisfies Record<keyof PiiOptions, Check>);

/**
 * A guard that replaces personal data with placeholders: in requests before the provider sees them, in answers before the
 * reader does.
 *
 * @throws {SluiceError} `invalid-argument`.
 * @example
 * ```ts
 * import { guard, model, pii } from "sluice";
 *
 * const guarded = guard(model("openai/gpt-5"), pii({ reversible: true }));
 * ```
 */
export function pii(options: PiiOptions = {}): Guard {
  OPTIONS(options, "");
  const { directions = DIRECTIONS, reversible = false, ...scrubbing } = options;
  checkScrubbing(scrubbing);
  const load = loadedOnce(scrubbing);
  const piiGuard = (directions: readonly Direction[]): Guard => ({
    name: NAME,
    begin: (call) => new LoadedCall(load, { directions, reversible, call }),
  });
  const whole = piiGuard(directions);
  // Tools get the values that the reader gets, and what they return is scrubbed before the provider sees it.
  if (reversible !== false) return { ...whole, aroundLoop: { each: whole } };
  return {
    ...whole,
    aroundLoop: {
      ...(directions.includes("input") && { each: piiGuard(["input"]) }),
      ...(directions.includes("output") && { whole: piiGuard(["output"]) }),
    },
  };
}

/**
 * What knows how personal data looks: a lot of code, which is loaded when a guarded model is first called. A call that
 * cannot load it fails, and the next one tries again.
 */
function loadedOnce(options: ScrubOptions): () => Promise<PiiCalls> {
  let calls: Promise<PiiCalls> | undefined;
  return () => {
    calls ??= import("./pii-call.js").then(
      ({ piiCalls }) => piiCalls(options),
      (failed) => {
        calls = undefined;
        throw failed;
      },
    );
    return calls;
  };
}

class LoadedCall implements CallGuard {
  readonly #load: () => Promise<PiiCalls>;
  readonly #asked: PiiCallOptions;
  #call: CallGuard | undefined;

  constructor(load: () => Promise<PiiCalls>, asked: PiiCallOptions) {
    this.#load = load;
    this.#asked = asked;
  }

  async request(request: ChatRequest): Promise<ChatRequest> {
    const calls = await this.#load();
    const call = calls(this.#asked);
    this.#call = call;
    return call.request(request);
  }

  answer(): Transform | undefined {
    return this.#call?.answer?.(() => {});
  }
}
