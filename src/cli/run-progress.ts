import { isJsonObject } from "../base/json.js";
import type { ChatEvent } from "../stream/chat-event.js";
import { hasColour, type Io, shown } from "./io.js";
import { columnsAtMost, fitting, graphemesOf } from "./markdown/columns.js";
import { LiveTail } from "./markdown/live-tail.js";
import { plainOf, type Span, type Spans, span } from "./markdown/span.js";
import { reflowOf, sizeOf } from "./markdown/terminal-size.js";

/** The shortest time between two pictures, in ms. */
const FRAME_MS = 80;
/** The most columns of a line. */
const WIDTH = 100;

interface Line {
  state: string;
  began: number;
  elapsedMs?: number;
  /** The end of the step's text. */
  text: string;
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
  readonly #screen: LiveTail;
  #drawnAt = 0;
  #answering = false;

  constructor(io: Io) {
    this.#io = io;
    this.#live = io.stderr.isTTY === true && io.env.TERM !== "dumb";
    this.#screen = new LiveTail(() => sizeOf(io), reflowOf(io.env));
    this.#colour = hasColour(io.stderr, io.env);
  }

  event(event: ChatEvent): void {
    if (event.type === "data" && event.name === "workflow/step" && isJsonObject(event.value)) this.#step(event.value);
    else if (event.type === "nested" && event.event.type === "text-delta") this.#emitted(event.from, event.event.text);
  }

  /** The answer begins: what is still drawn gives way to it, and nothing is drawn over it. */
  answer(): void {
    if (this.#answering) return;
    this.#answering = true;
    if (this.#live) this.#io.stderr.write(this.#screen.print([]));
  }

  end(): void {
    this.#draw(true);
  }

  #step({ step, state, elapsedMs, message, type }: Record<string, unknown>): void {
    const key = String(step);
    const line = this.#lines.get(key) ?? { state: "", began: performance.now(), text: "" };
    line.state = String(state);
    if (typeof elapsedMs === "number") line.elapsedMs = elapsedMs;
    if (typeof message === "string") line.message = message;
    this.#lines.set(key, line);
    const over = !["started", "retrying"].includes(line.state);
    if (over) {
      this.#lines.delete(key);
      const described = this.#describe(key, line);
      if (!this.#live) this.#io.stderr.write(`${plainOf(described)}\n`);
      else if (!this.#answering) this.#io.stderr.write(this.#screen.print([described]));
      this.#draw(true);
    } else if (!this.#live) this.#io.stderr.write(`${line.state === "started" ? "…" : "↻"} ${key} (${String(type)})\n`);
    else this.#draw(false);
  }

  #emitted(from: string, text: string): void {
    const line = this.#lines.get(from);
    if (line === undefined || !this.#live) return;
    line.text = (line.text + text).slice(-WIDTH);
    this.#draw(false);
  }

  #draw(now: boolean): void {
    if (!this.#live || this.#answering) return;
    const at = performance.now();
    if (!now && at - this.#drawnAt < FRAME_MS) return;
    this.#drawnAt = at;
    const lines = [...this.#lines].map(([key, line]) => this.#describe(key, line));
    // The cursor stands below them: whatever else is written begins in a line of its own.
    this.#io.stderr.write(this.#screen.draw(lines.length === 0 ? [] : [...lines, []]));
  }

  #describe(key: string, line: Line): Spans {
    const signs: Readonly<Record<string, string>> = {
      completed: "✓",
      skipped: "–",
      failed: "✗",
      waiting: "?",
      resumed: "=",
    };
    const seconds = (line.elapsedMs ?? performance.now() - line.began) / 1_000;
    const time = line.state === "skipped" || line.state === "resumed" ? "" : ` ${seconds.toFixed(1)} s`;
    const head = shown(`${signs[line.state] ?? "…"} ${key}${time}`, this.#io.stderr);
    const tail = shown((line.message ?? line.text).replace(/\s+/g, " "), this.#io.stderr);
    if (!this.#live) return [span(line.state === "completed" || tail === "" ? head : `${head} ${tail}`)];
    const width = Math.min(sizeOf(this.#io).columns - 1, WIDTH);
    const begun = fitting(head, width);
    const room = width - columnsAtMost(begun) - 1;
    if (line.state === "completed" || tail === "" || room <= 0) return [span(begun)];
    // What failed says how from the beginning; of what goes on, the end is news.
    const end = line.message === undefined ? lastOf(tail, room) : fitting(tail, room);
    return [span(`${begun} `), this.#dim(end)];
  }

  #dim(text: string): Span {
    return this.#colour ? span(text, "dim") : span(text);
  }
}

/** The end of a text that fits into so many columns. */
function lastOf(text: string, columns: number): string {
  let [out, left] = ["", columns];
  for (const grapheme of graphemesOf(text).reverse()) {
    left -= columnsAtMost(grapheme);
    if (left < 0) break;
    out = grapheme + out;
  }
  return out;
}
