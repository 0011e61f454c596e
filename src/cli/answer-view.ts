import type { Clock } from "../base/clock.js";
import { systemClock } from "../base/clock.js";
import { drained } from "../base/drained.js";
import { visibleJson, visibleText } from "../base/visible-text.js";
import type { ChatEvent, Source } from "../stream/chat-event.js";
import type { WireEvent } from "../stream/chat-model.js";
import { LineEnds } from "../stream/line-ends.js";
import { styled } from "./ansi.js";
import { generatedFolder } from "./data-folder.js";
import { GeneratedFiles } from "./generated-files.js";
import { hasColour, type Io, shown, write } from "./io.js";
import { reflowOf, sizeOf } from "./markdown/terminal-size.js";
import { MarkdownTerminal } from "./markdown-terminal.js";
import { WaitLine } from "./wait-line.js";

/** How an answer is shown. */
export interface AnswerViewOptions {
  /** The folder for images and sounds that the model makes. Default: `files` in the folder of the command's data. */
  output?: string;
  /** Whether no line shows what is waited for. */
  quiet?: boolean;
  clock?: Clock;
}

/** The longest thought that stays on the screen when it is over, in characters. */
const SHORT_THOUGHT = 200;

/**
 * Shows an answer event by event: the text on stdout, on a terminal as Markdown; reasoning, tool calls and sources on
 * stderr. On a terminal a line says what is waited for, and long reasoning is shown while it lasts.
 */
export class AnswerView {
  readonly #io: Io;
  readonly #clock: Clock;
  readonly #markdown: MarkdownTerminal | undefined;
  /** Files and pipes get the line ends as they came. */
  readonly #lines: LineEnds | undefined;
  readonly #sources: Source[] = [];
  readonly #waits: WaitLine;
  readonly #files: GeneratedFiles;
  /** Whether reasoning is shown only while it lasts. */
  readonly #folds: boolean;
  #thought: { text: string; length: number; since: number } | undefined;
  /** Whether a line of the answer, or of reasoning that is written as it comes, has begun and not ended. */
  #inLine = false;

  constructor(io: Io, { output, quiet = false, clock = systemClock }: AnswerViewOptions = {}) {
    const { stdout, stderr, env } = io;
    this.#io = io;
    this.#clock = clock;
    this.#waits = new WaitLine(io, { quiet, clock });
    this.#files = new GeneratedFiles(output ?? generatedFolder(env));
    this.#lines = stdout.isTTY === true ? new LineEnds() : undefined;
    this.#folds = stderr.isTTY === true && hasColour(stderr, env);
    if (!hasColour(stdout, env)) return;
    const live = stdout.isTTY === true && env.TERM !== "dumb";
    const options = { size: () => sizeOf(io), live, reflow: reflowOf(env), clock };
    this.#markdown = new MarkdownTerminal((text) => void stdout.write(text), options);
  }

  /** Sees what goes over the wire (`CallOptions`), so that retries are shown. */
  readonly onWire = (event: WireEvent): void => {
    // What is repeated was void before: inside of a line it is not mentioned.
    if (!this.#inLine || this.#io.stdout.isTTY !== true) this.#waits.onWire(event);
  };

  /** The answer was asked for: says that it is waited for. */
  begin(): void {
    this.#waits.for("connecting");
  }

  /** Shows an event. Resolves when terminal or pipe can take more. */
  async push(event: ChatEvent): Promise<void> {
    if (this.#thought !== undefined && event.type !== "reasoning-delta") await this.#endThought(this.#thought);
    switch (event.type) {
      case "text-delta":
        return this.#text(event.text);
      case "reasoning-delta":
        return this.#think(event.text);
      case "tool-input-delta":
        await this.#interrupt();
        return this.#waits.for(`${event.name}: its arguments`);
      case "tool-call":
        await this.#note(`[${visibleText(event.name)} ${visibleJson(event.input)}]\n`);
        return this.#waits.for(event.name);
      case "tool-result":
        return this.#await(event.preliminary ? event.name : "waiting");
      case "source":
        this.#sources.push(event.source);
        return;
      case "file":
        return this.#note(`[${event.mediaType}: ${await this.#files.save(event.mediaType, event.data)}]\n`);
      case "audio-delta":
        // What a voice reads has its own files, or is heard.
        if (event.sentence === undefined) this.#files.pushSound(event);
        return;
      case "start":
        if (event.simulated) await this.#note("(this model does not stream: its answer came whole)\n");
        for (const { field, message } of event.warnings ?? []) await this.#note(`warning: ${field}: ${message}\n`);
        return this.#await("waiting");
      case "step-start":
        return this.#await("waiting");
      case "input-request":
        return this.#interrupt();
      case "retract":
        return this.#note(`[what was shown is void: ${event.reason}]\n`);
      default:
    }
  }

  /** The text is over: its last line ends. More text may come after that. */
  async endText(): Promise<void> {
    this.#waits.stop();
    if (this.#thought !== undefined) await this.#endThought(this.#thought);
    const sound = await this.#files.endSound();
    this.#markdown?.end();
    this.#io.stdout.off("resize", this.#resized);
    if (this.#inLine && this.#markdown === undefined) await write(this.#io.stdout, "\n");
    this.#inLine = false;
    if (sound !== undefined) await this.#note(`[audio: ${sound}]\n`);
  }

  /** Lists the sources, when the answer is over. */
  async listSources(): Promise<void> {
    for (const [index, { title, url, filename }] of this.#sources.entries()) {
      await this.#note(`[${index + 1}] ${[title, url ?? filename].filter(Boolean).join(" — ")}\n`);
    }
  }

  /** Says what is waited for, unless a line of the answer stands unfinished. */
  #await(what: string): void {
    if (!this.#inLine || this.#io.stdout.isTTY !== true) this.#waits.for(what);
  }

  async #text(text: string): Promise<void> {
    const { stdout } = this.#io;
    const whole = shown(this.#lines?.push(text) ?? text, stdout);
    if (whole === "") return;
    this.#waits.stop();
    // Where a pipe ends is not known: it may be the same screen.
    if (stdout.isTTY !== true) this.#waits.mute();
    if (this.#markdown === undefined) {
      this.#inLine = !whole.endsWith("\n");
      await write(stdout, whole);
      return;
    }
    if (!this.#inLine) stdout.on("resize", this.#resized);
    this.#inLine = true;
    this.#markdown.push(whole);
    if (stdout.writableNeedDrain) await drained(stdout);
  }

  async #think(text: string): Promise<void> {
    if (this.#thought === undefined && this.#inLine) await this.#interrupt();
    this.#thought ??= { text: "", length: 0, since: this.#clock.now() };
    const thought = this.#thought;
    thought.length += text.length;
    if (!this.#folds) {
      this.#waits.stop();
      if (text !== "") thought.text = text;
      await this.#write(text);
      return;
    }
    if (thought.text.length <= SHORT_THOUGHT) thought.text += text;
    this.#waits.for("thinking");
    this.#waits.think(text);
  }

  /** What was thought gives way to a line about it, or stays where it is short. */
  async #endThought({ text, length, since }: { text: string; length: number; since: number }): Promise<void> {
    this.#thought = undefined;
    this.#waits.stop();
    if (!this.#folds) return this.#write("\n");
    const seconds = ((this.#clock.now() - since) / 1_000).toFixed(1);
    if (length === 0) return;
    await this.#write(length <= SHORT_THOUGHT ? `${text.trim()}\n` : `thought for ${seconds} s\n`);
  }

  /** Writes a line that is no part of the answer. */
  async #note(text: string): Promise<void> {
    await this.#interrupt();
    await this.#write(text);
  }

  /** Something else comes on the screen: the line of the answer that is on it ends. A pipe gets the answer alone. */
  async #interrupt(): Promise<void> {
    if (this.#io.stdout.isTTY === true) await this.endText();
    else this.#waits.stop();
  }

  async #write(text: string): Promise<void> {
    const { stderr, env } = this.#io;
    await write(stderr, styled(shown(text, stderr), "dim", hasColour(stderr, env)));
  }

  readonly #resized = (): void => this.#markdown?.resized();
}
