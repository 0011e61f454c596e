import type { Source } from "../stream/chat-event.js";
import type { ChatStream } from "../stream/chat-stream.js";
import { LineEnds } from "../stream/line-ends.js";
import { styled } from "./ansi.js";
import { hasColour, type Io, shown, write } from "./io.js";
import { MarkdownTerminal } from "./markdown-terminal.js";

/**
 * Shows an answer as it arrives: the text on stdout, with its Markdown styled on a terminal; reasoning dimmed, tool calls
 * and sources on stderr. Waits where the terminal or pipe is slow.
 *
 * @throws {SluiceError} what ends the stream.
 */
export async function showAnswer(stream: ChatStream, io: Io): Promise<void> {
  const colour = hasColour(io.stdout, io.env);
  let ready = "";
  const take = (text: string) => {
    ready += text;
  };
  const markdown = colour ? new MarkdownTerminal(take) : { push: take, end: () => {} };
  // Files and pipes get the line ends as they came.
  const lines = io.stdout.isTTY === true ? new LineEnds() : undefined;
  const sources: Source[] = [];
  let thinking = false;
  let last = "\n";
  const say = async () => {
    const text = ready;
    ready = "";
    last = text.at(-1) ?? last;
    await write(io.stdout, text);
  };
  const note = (text: string) => write(io.stderr, styled(shown(text, io.stderr), "dim", hasColour(io.stderr, io.env)));
  try {
    for await (const event of stream) {
      if (thinking && event.type !== "reasoning-delta") {
        thinking = false;
        await note("\n");
      }
      switch (event.type) {
        case "text-delta":
          markdown.push(shown(lines?.push(event.text) ?? event.text, io.stdout));
          await say();
          break;
        case "reasoning-delta":
          thinking = true;
          await note(event.text);
          break;
        case "tool-call":
          await note(`[${event.name} ${JSON.stringify(event.input)}]\n`);
          break;
        case "source":
          sources.push(event.source);
          break;
        case "file":
          await note(`[a file: ${event.mediaType}, ${event.data.length} bytes]\n`);
          break;
        case "start":
          if (event.simulated) await note("(this model does not stream: its answer came whole)\n");
          for (const { field, message } of event.warnings ?? []) await note(`warning: ${field}: ${message}\n`);
          break;
        case "retract":
          await note(`\n[what was said is void: ${event.reason}]\n`);
          break;
        default:
      }
    }
  } finally {
    markdown.end();
    await say();
    if (last !== "\n") await write(io.stdout, "\n");
  }
  for (const [index, { title, url, filename }] of sources.entries()) {
    await note(`[${index + 1}] ${[title, url ?? filename].filter(Boolean).join(" — ")}\n`);
  }
}
