import { isJsonObject } from "../base/json.js";
import type { ChatEvent } from "../stream/chat-event.js";
import { styled } from "./ansi.js";
import { hasColour, type Io, shown } from "./io.js";

/** Moves up so many lines and clears to the end of the screen (ECMA-48, CUU and ED). */
const redrawFrom = (lines: number): string => (lines === 0 ? "" : `\u001b[${lines}A\r\u001b[J`);

/** The shortest time between two pictures, in ms. */
const FRAME_MS = 80;
/** Characters of a line. */
const WIDTH = 100;

interface Line {
  state: string;
  began: number;
  elapsedMs?: number;
  /** The end of what the step has said. */
  said: string;
  message?: string;
}

/**
 * Shows on stderr what the steps of a run do: on a terminal a line for each that is running, with the end of its text,
 * drawn anew as it goes on; else a line when a step begins and when it is over.
 */
export class RunProgress {
  readonly #io: Io;
  readonly #live: boolean;
  readonly #colour: boolean;
  readonly #lines = new Map<string, Line>();
  #drawn = 0;
  #drawnAt = 0;
  #answering = false;

  constructor(io: Io) {
    this.#io = io;
    this.#live = io.stderr.isTTY === true;
    this.#colour = hasColour(io.stderr, io.env);
  }

  event(event: ChatEvent): void {
    if (event.type === "data" && event.name === "workflow/step" && isJsonObject(event.value)) this.#step(event.value);
    else if (event.type === "nested" && event.event.type === "text-delta") this.#emitted(event.from, event.event.text);
  }

  /** The answer begins: what is still drawn gives way to it, and nothing is drawn over it. */
  answer(): void {
    if (this.#answering) return;
    this.#clear();
    this.#answering = true;
  }

  end(): void {
    this.#draw(true);
  }

  #step({ step, state, elapsedMs, message, type }: Record<string, unknown>): void {
    const key = String(step);
    const line = this.#lines.get(key) ?? { state: "", began: performance.now(), said: "" };
    line.state = String(state);
    if (typeof elapsedMs === "number") line.elapsedMs = elapsedMs;
    if (typeof message === "string") line.message = message;
    this.#lines.set(key, line);
    const over = !["started", "retrying"].includes(line.state);
    if (over) {
      this.#clear();
      this.#lines.delete(key);
      if (!this.#answering || !this.#live) this.#io.stderr.write(`${this.#describe(key, line)}\n`);
      this.#draw(true);
    } else if (!this.#live) this.#io.stderr.write(`${line.state === "started" ? "…" : "↻"} ${key} (${String(type)})\n`);
    else this.#draw(false);
  }

  #emitted(from: string, text: string): void {
    const line = this.#lines.get(from);
    if (line === undefined || !this.#live) return;
    line.said = (line.said + text).slice(-WIDTH);
    this.#draw(false);
  }

  #clear(): void {
    if (this.#drawn > 0) this.#io.stderr.write(redrawFrom(this.#drawn));
    this.#drawn = 0;
  }

  #draw(now: boolean): void {
    if (!this.#live || this.#answering) return;
    const at = performance.now();
    if (!now && at - this.#drawnAt < FRAME_MS) return;
    this.#drawnAt = at;
    this.#clear();
    const lines = [...this.#lines].map(([key, line]) => this.#describe(key, line));
    this.#drawn = lines.length;
    if (lines.length > 0) this.#io.stderr.write(`${lines.join("\n")}\n`);
  }

  #describe(key: string, line: Line): string {
    const signs: Readonly<Record<string, string>> = {
      completed: "✓",
      skipped: "–",
      failed: "✗",
      waiting: "?",
      resumed: "=",
    };
    const seconds = (line.elapsedMs ?? performance.now() - line.began) / 1_000;
    const time = line.state === "skipped" || line.state === "resumed" ? "" : ` ${seconds.toFixed(1)} s`;
    const tail = line.message ?? line.said.replace(/\s+/g, " ");
    const room = Math.max(10, Math.min(this.#io.stdout.columns ?? WIDTH, WIDTH) - key.length - 12);
    const said = tail === "" ? "" : ` ${styled(shown(tail.slice(-room), this.#io.stderr), "dim", this.#colour)}`;
    return `${signs[line.state] ?? "…"} ${key}${time}${line.state === "completed" ? "" : said}`;
  }
}
