import type { ChatRequest } from "../../stream/chat-request.js";
import { type Check, callable, exactly, filledString, list, oneOf, wholeNumber } from "../../stream/checks.js";
import { SluiceError } from "../../stream/error.js";
import type { ChatMessage } from "../../stream/message.js";
import type { Transform } from "../../stream/sources/transform.js";
import { filterRequest } from "../filter-request.js";
import type { CallGuard, Guard, GuardedCall } from "../guard.js";
import { CheckedAnswer } from "./checked-answer.js";
import { readVerdict } from "./read-verdict.js";
import type { CheckUnit } from "./text-pieces.js";

/** What of an answer a guard checks. */
export type CheckedChannel = "text" | "reasoning" | "tool-call";

/** A text that a guard is asked about. */
export type CheckedText =
  | {
      direction: "input";
      /** Whose message it is from. */
      role: ChatMessage["role"];
      text: string;
    }
  | {
      direction: "output";
      channel: CheckedChannel;
      /**
       * A sentence or a window; the arguments as JSON of a tool call. Where the answer is JSON: what a string of it says, without
       * escapes, or what stands between two strings.
       */
      text: string;
      /** The text before it in the same block, up to 200 characters, as it went out. */
      before: string;
      /** The tool that is called. */
      tool?: string;
    };

/** What becomes of a text. Nothing: it passes. */
export type Verdict =
  | undefined
  /** Another text stands in its place, escaped within a string of JSON; JSON in that of a tool call's arguments. With a reason, a `data` event says it. */
  | { action: "replace"; text: string; reason?: string }
  /** The answer ends here; what was emitted before stands. */
  | { action: "block"; reason: string }
  /** The answer ends here, and what was emitted before is taken back. */
  | { action: "retract"; reason: string };

/** A guard of one's own. */
export interface GuardDefinition {
  /** What its events, warnings and errors call it. */
  name: string;
  /**
   * Looks at a text. What it throws fails the stream with `guard-failed`: a check that could not be made lets nothing pass.
   *
   * @param signal aborted when the reader leaves.
   */
  check(text: CheckedText, signal: AbortSignal): Verdict | Promise<Verdict>;
  /** Default both. */
  directions?: readonly ("input" | "output")[];
  /** Default `text` alone. Arguments of a tool call are buffered until the call is complete. */
  channels?: readonly CheckedChannel[];
  /** How text and reasoning are cut. What is not complete is buffered. Default `sentence`. */
  unit?: CheckUnit;
  /** The most characters of a sentence; what is longer is checked in parts. Default 400. */
  longest?: number;
}

const LONGEST = 400;
const CHANNELS: readonly CheckedChannel[] = ["text", "reasoning", "tool-call"];

const units = exactly("sentence, or a number of characters", { chars: { required: wholeNumber(2) } });
const unit: Check = (value, path) => {
  if (value !== "sentence") units(value, path);
};

const DEFINITION = exactly(
  "a guard",
  {
    name: { required: filledString },
    check: { required: callable },
    directions: list("an array of input and output", oneOf("input", "output")),
    channels: list("an array of channels", oneOf(...CHANNELS)),
    unit,
    longest: wholeNumber(2),
  } satisfies Record<keyof GuardDefinition, unknown>,
  "definition",
);

/**
 * Makes a guard of a check.
 *
 * A request whose text is blocked (or retracted) ends with error code `blocked` before the provider is asked. An answer
 * that is blocked ends with the finish reason `content-filter` after a `data` event named `guard/verdict`
 * (`{ guard, action, reason }`), and the upstream is cancelled.
 *
 * @throws {SluiceError} `invalid-argument`.
 * @example
 * ```ts
 * import { guard, model } from "sluice";
 * import { defineGuard } from "sluice/guards";
 *
 * const polite = defineGuard({
 *   name: "polite",
 *   check: ({ text }) => (/\bdamn\b/i.test(text) ? { action: "replace", text: "…" } : undefined),
 * });
 * const guarded = guard(model("openai/gpt-5"), polite);
 * ```
 */
export function defineGuard(definition: GuardDefinition): Guard {
  DEFINITION(definition, "");
  const { name, check, directions = ["input", "output"], channels = ["text"] } = definition;
  const { unit = "sentence", longest = LONGEST } = definition;
  const settings = { name, check, channels, unit, longest };
  const checking = (directions: readonly ("input" | "output")[]): Guard => ({
    name,
    begin: (call) => new CheckedCall(settings, directions, call),
  });
  return {
    ...checking(directions),
    aroundLoop: {
      ...(directions.includes("input") && { each: checking(["input"]) }),
      ...(directions.includes("output") && { whole: checking(["output"]) }),
    },
  };
}

/** A definition with its defaults. */
export type CheckSettings = Required<Omit<GuardDefinition, "directions">>;

class CheckedCall implements CallGuard {
  readonly #settings: CheckSettings;
  readonly #directions: readonly ("input" | "output")[];
  readonly #call: GuardedCall;

  constructor(settings: CheckSettings, directions: readonly ("input" | "output")[], call: GuardedCall) {
    this.#settings = settings;
    this.#directions = directions;
    this.#call = call;
  }

  async request(request: ChatRequest): Promise<ChatRequest> {
    if (!this.#directions.includes("input")) return request;
    const texts = new Map<string, { text: string; role: ChatMessage["role"] }>();
    const keyOf = (text: string, role: string) => `${role} ${text}`;
    const rest = { keepsOpaque: () => false, droppedOpaque: (path: string) => this.#dropped(path) };
    filterRequest(request, {
      ...rest,
      text: (text, role) => {
        if (text !== "") texts.set(keyOf(text, role), { text, role });
        return text;
      },
    });
    const replaced = new Map<string, string>();
    for (const [key, { text, role }] of texts) {
      const { name, check } = this.#settings;
      const verdict = readVerdict(await check({ direction: "input", role, text }, this.#call.signal), name);
      if (verdict?.action === "replace") replaced.set(key, verdict.text);
      else if (verdict !== undefined) throw blocked(name, verdict.reason);
    }
    if (replaced.size === 0) return request;
    return filterRequest(request, { ...rest, text: (text, role) => replaced.get(keyOf(text, role)) ?? text });
  }

  answer(): Transform | undefined {
    return this.#directions.includes("output") ? new CheckedAnswer(this.#settings) : undefined;
  }

  #dropped(path: string): void {
    const message = "sent without the provider's state: its text was changed by a guard";
    this.#call.warn({ field: path, message });
  }
}

function blocked(guard: string, reason: string): SluiceError {
  return new SluiceError("blocked", `the guard ${guard} refused the request: ${reason}`);
}
