import type { Clock } from "../../base/clock.js";
import type { Timeouts } from "../../stream/chat-model.js";
import { type ErrorCode, invalid, SluiceError } from "../../stream/error.js";
import { DEFAULT_TIMEOUTS } from "./default-timeouts.js";

type Phase = "connectMs" | "firstByteMs" | "idleMs";
type Limits = Readonly<Required<Timeouts>>;

/**
 * How long an answer with its finish reason may go on without more, in ms. Usage, sources and an end marker follow
 * at once where they follow at all; servers that send none of them hold the connection open.
 */
export const END_GRACE_MS = 2_000;

const NAMES = ["connectMs", "firstByteMs", "idleMs", "totalMs"] as const;

/**
 * The limits of a call: those given, the later ones winning, and the defaults of a service elsewhere.
 *
 * @throws {SluiceError} `invalid-argument` for anything but a number above 0 (or `Infinity`).
 */
export function resolveTimeouts(...given: (Timeouts | undefined)[]): Limits {
  const limits: Record<keyof Timeouts, number> = { ...DEFAULT_TIMEOUTS };
  for (const timeouts of given) {
    if (timeouts === undefined) continue;
    for (const name of NAMES) {
      const value = timeouts[name];
      if (value === undefined) continue;
      if (!(value > 0)) throw invalid(`timeouts.${name}`, value, "ms above 0, or Infinity");
      limits[name] = value;
    }
  }
  return limits;
}

/**
 * Holds one call to its limits. There is one timer, armed again only when it fires: a read costs a look at the clock.
 * The idle limit runs only while the reader waits, so a slow reader is not an idle provider.
 */
export class Deadlines {
  readonly #limits: Limits;
  readonly #clock: Clock;
  readonly #onExpire: (error: SluiceError) => void;
  readonly #totalDue: number;
  #phase: Phase = "connectMs";
  /** When an answer with its finish reason is taken to be over; `undefined` while it goes on. */
  #graceDue: number | undefined;
  /** When the phase is over its limit; `Infinity` while nothing is waited for. */
  #due = Number.POSITIVE_INFINITY;
  /** When the timer fires; `Infinity` without one. */
  #armedFor = Number.POSITIVE_INFINITY;
  #disarm: (() => void) | undefined;
  #stopped = false;

  /** @param onExpire called for each limit that is passed; each attempt may pass one. */
  constructor(limits: Limits, clock: Clock, onExpire: (error: SluiceError) => void) {
    this.#limits = limits;
    this.#clock = clock;
    this.#onExpire = onExpire;
    this.#totalDue = clock.now() + limits.totalMs;
    this.#arm();
  }

  /** How much of the total limit is left, in ms; `Infinity` if there is none. */
  get leftMs(): number {
    return Math.max(0, this.#totalDue - this.#clock.now());
  }

  /** A connection is being made. */
  connecting(): void {
    this.#enter("connectMs");
  }

  /** The connection stands; the first byte of the body is waited for. */
  connected(): void {
    this.#enter("firstByteMs");
  }

  /** Bytes of the body arrived. */
  arrived(): void {
    this.#phase = "idleMs";
    this.#due = Number.POSITIVE_INFINITY;
  }

  /** The reader waits for more. @param ending whether the answer has its finish reason, so that no more need come. */
  waiting(ending = false): void {
    if (!ending) this.#graceDue = undefined;
    if (this.#phase !== "idleMs") return;
    if (!ending) {
      this.#enter("idleMs");
      return;
    }
    // What keeps the connection open meanwhile does not make the wait longer.
    this.#graceDue ??= this.#clock.now() + Math.min(END_GRACE_MS, this.#limits.idleMs);
    this.#due = this.#graceDue;
    if (this.#due < this.#armedFor) this.#arm();
  }

  /** Nothing of the network is waited for: the call is between two attempts. */
  pause(): void {
    this.#due = Number.POSITIVE_INFINITY;
  }

  /** The call is over. */
  stop(): void {
    this.#stopped = true;
    this.#disarm?.();
    this.#disarm = undefined;
  }

  #enter(phase: Phase): void {
    this.#phase = phase;
    this.#due = this.#clock.now() + this.#limits[phase];
    if (this.#due < this.#armedFor) this.#arm();
  }

  #arm(): void {
    this.#disarm?.();
    this.#disarm = undefined;
    this.#armedFor = Math.min(this.#due, this.#totalDue);
    if (this.#stopped || this.#armedFor === Number.POSITIVE_INFINITY) return;
    this.#disarm = this.#clock.after(Math.max(0, this.#armedFor - this.#clock.now()), this.#fired);
  }

  readonly #fired = (): void => {
    const now = this.#clock.now();
    // The total limit is reported even where both are due: a retry cannot help it.
    if (now >= this.#totalDue) this.#expire("totalMs");
    else if (now >= this.#due) this.#expire(this.#phase);
    else this.#arm();
  };

  #expire(limit: keyof Timeouts): void {
    this.#due = Number.POSITIVE_INFINITY;
    if (limit === "totalMs") this.stop();
    else this.#arm();
    const { code, message } = EXPIRED[limit];
    const ms = this.#limits[limit];
    this.#onExpire(new SluiceError(code, `${message} within ${ms} ms`, { retryable: limit !== "totalMs" }));
  }
}

const EXPIRED: Readonly<Record<keyof Timeouts, { code: ErrorCode; message: string }>> = {
  connectMs: { code: "connect-timeout", message: "no connection" },
  firstByteMs: { code: "first-byte-timeout", message: "no byte of the answer" },
  idleMs: { code: "idle-timeout", message: "nothing more of the answer" },
  totalMs: { code: "total-timeout", message: "the call did not finish" },
};
