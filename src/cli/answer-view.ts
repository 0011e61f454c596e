import type { ChatEvent, Source } from "../stream/chat-event.js";
import { LineEnds } from "../stream/line-ends.js";
import { styled } from "./ansi.js";
import { hasColour, type Io, shown, write } from "./io.js";
import { MarkdownTerminal } from "./markdown-terminal.js";

/**
 * Shows an answer event by event: the text on stdout, with its Markdown styled on a terminal; reasoning dimmed, tool calls
 * and sources on stderr.
 */
export class AnswerView {
  readonly #io: Io;
  readonly #markdown: { push(text: string): void; end(): void };
  /** Files and pipes get the line ends as they came. */
  readonly #lines: LineEnds | undefined;
  readonly #sources: Source[] = [];
  #ready = "";
  #thinking = false;
  #last = "\n";

  constructor(io: Io) {
    this.#io = io;
    const take = (text: string) => {
      this.#ready += text;
    };
    this.#markdown = hasColour(io.stdout, io.env) ? new MarkdownTerminal(take) : { push: take, end: () => {} };
    this.#lines = io.stdout.isTTY === true ? new LineEnds() : undefined;
  }

  /** Shows an event. Resolves when terminal or pipe can take more. */
  async push(event: ChatEvent): Promise<void> {
    if (this.#thinking && event.type !== "reasoning-delta") {
      this.#thinking = false;
      await this.#note("\n");
    }
    switch (event.type) {
      case "text-delta":
        this.#markdown.push(shown(this.#lines?.push(event.text) ?? event.text, this.#io.stdout));
        await this.#write();
        break;
      case "reasoning-delta":
        this.#thinking = true;
        await this.#note(event.text);
        break;
      case "tool-call":
        await this.#note(`[${event.name} ${JSON.stringify(event.input)}]\n`);
        break;
      case "source":
        this.#sources.push(event.source);
        break;
      case "file":
        await this.#note(`[a file: ${event.mediaType}, ${event.data.length} bytes]\n`);
        break;
      case "start":
        if (event.simulated) await this.#note("(this model does not stream: its answer came whole)\n");
        for (const { field, message } of event.warnings ?? []) await this.#note(`warning: ${field}: ${message}\n`);
        break;
      case "retract":
        await this.#note(`\n[what was said is void: ${event.reason}]\n`);
        break;
      default:
    }
  }

  /** The text is over: its last line ends. More text may come after that. */
  async endText(): Promise<void> {
    this.#markdown.end();
    await this.#write();
    if (this.#last !== "\n") await write(this.#io.stdout, "\n");
    this.#last = "\n";
  }

  /** Lists the sources, when the answer is over. */
  async listSources(): Promise<void> {
    for (const [index, { title, url, filename }] of this.#sources.entries()) {
      await this.#note(`[${index + 1}] ${[title, url ?? filename].filter(Boolean).join(" — ")}\n`);
    }
  }

  async #write(): Promise<void> {
    const text = this.#ready;
    this.#ready = "";
    this.#last = text.at(-1) ?? this.#last;
    await write(this.#io.stdout, text);
  }

  async #note(text: string): Promise<void> {
    const { stderr, env } = this.#io;
    await write(stderr, styled(shown(text, stderr), "dim", hasColour(stderr, env)));
  }
}
