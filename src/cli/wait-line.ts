import { type Clock, systemClock } from "../base/clock.js";
import type { WireEvent } from "../stream/chat-model.js";
import { hasColour, type Io } from "./io.js";
import { fitting } from "./markdown/columns.js";
import { clean } from "./markdown/inline.js";
import { LiveTail } from "./markdown/live-tail.js";
import { type Span, type Spans, span } from "./markdown/span.js";
import { reflowOf, sizeOf } from "./markdown/terminal-size.js";
import { wrap } from "./markdown/wrap.js";

/** What is there within this time is not waited for, in ms. */
const PATIENCE_MS = 400;
/** How often the line is drawn anew, in ms. */
const EVERY_MS = 120;
const WHEEL = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];
/** Lines of a model's thoughts that are shown while it thinks, and how many of its last characters they are made of. */
const [THOUGHT_LINES, THOUGHT_CHARACTERS] = [4, 600];

/**
 * A line on stderr that says what is waited for, and for how long, and goes without a trace; nothing where stderr is no
 * terminal. It is for times when nothing else is written: the cursor stands at the beginning of a line.
 */
export class WaitLine {
  readonly #io: Io;
  readonly #clock: Clock;
  #live: boolean;
  readonly #quiet: boolean;
  readonly #screen: LiveTail;
  #what = "";
  #since = 0;
  /** When a call is made again, and why. */
  #again: { at: number; why: string } | undefined;
  #thought = "";
  #drawn = false;
  #turns = 0;
  #callOff: (() => void) | undefined;

  /** @param quiet whether it says nothing at all. */
  constructor(io: Io, { quiet = false, clock = systemClock }: { quiet?: boolean; clock?: Clock } = {}) {
    this.#io = io;
    this.#quiet = quiet;
    this.#clock = clock;
    this.#live = !quiet && io.stderr.isTTY === true && io.env.TERM !== "dumb";
    this.#screen = new LiveTail(() => sizeOf(io), reflowOf(io.env));
  }

  /** Says what is waited for, from now on. Waiting for the same thing goes on. */
  for(what: string): void {
    this.#again = undefined;
    if (what !== this.#what) {
      this.#what = what;
      this.#since = this.#clock.now();
      this.#thought = "";
    }
    if (!this.#live) return;
    if (this.#drawn) this.#draw();
    else this.#callOff ??= this.#clock.after(PATIENCE_MS, () => this.#turn());
  }

  /** Shows the end of what a model thinks meanwhile. */
  think(text: string): void {
    this.#thought = (this.#thought + text).slice(-THOUGHT_CHARACTERS);
  }

  /** Sees what goes over the wire, to tell connecting from waiting, and a failure that is not the last. */
  onWire(event: WireEvent): void {
    if (event.type === "retry") this.#retry(event);
    else if (this.#what === "") return;
    else if (event.type === "request") this.for("connecting");
    else if (event.type === "response") this.for("waiting");
  }

  /** Something else is written: the line goes. */
  stop(): void {
    this.#callOff?.();
    this.#callOff = undefined;
    this.#what = "";
    if (this.#drawn) this.#io.stderr.write(this.#screen.print([]));
    this.#drawn = false;
  }

  /** Nothing is drawn any more; retries are lines. */
  mute(): void {
    this.stop();
    this.#live = false;
  }

  #retry({ attempt, delayMs, error }: Extract<WireEvent, { type: "retry" }>): void {
    const why = clean(`${error.code}: ${error.message}`).replaceAll("\n", " ");
    if (this.#quiet) return;
    if (!this.#live) {
      this.#io.stderr.write(`${why}; attempt ${attempt} in ${(delayMs / 1_000).toFixed(1)} s\n`);
      return;
    }
    this.for(`attempt ${attempt}`);
    this.#again = { at: this.#clock.now() + delayMs, why };
    this.#turn();
  }

  #turn(): void {
    this.#callOff?.();
    this.#turns++;
    this.#draw();
    this.#callOff = this.#clock.after(EVERY_MS, () => this.#turn());
  }

  #draw(): void {
    this.#drawn = true;
    const { columns } = sizeOf(this.#io);
    const lines = wrap([this.#style(this.#thought)], columns - 2).slice(-THOUGHT_LINES);
    const thought = this.#thought === "" ? [] : lines.map((line) => [span("  "), ...line]);
    this.#io.stderr.write(this.#screen.draw([...thought, this.#line(columns)]));
  }

  #line(columns: number): Spans {
    const now = this.#clock.now();
    const seconds = (ms: number) => `${Math.max(0, Math.floor(ms / 1_000))} s`;
    const again = this.#again;
    const text =
      again === undefined
        ? `${this.#what} ${seconds(now - this.#since)}`
        : `${this.#what} in ${seconds(again.at - now + 999)}: ${again.why}`;
    return [this.#style(fitting(`${WHEEL[this.#turns % WHEEL.length]} ${clean(text)}`, columns - 1))];
  }

  #style(text: string): Span {
    return hasColour(this.#io.stderr, this.#io.env) ? span(text, "dim") : span(text);
  }
}
