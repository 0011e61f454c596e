import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { LIMITS } from "../limits.js";

/** From one look at a screen to the next, in ms. */
const LOOK_MS = 50;

/** Whether terminals can be had; where not, that is said. */
export function haveTmux(): boolean {
  const have = spawnSync("tmux", ["-V"]).status === 0;
  if (!have) process.stdout.write("skipped: tests in a real terminal: tmux is not installed\n");
  return have;
}

/** A screen once it shows something: there is no event for that but looking. */
export async function screenThatShows(text: string | RegExp, look: () => string): Promise<string> {
  for (let left = LIMITS.expect.poll.timeout; left > 0; left -= LOOK_MS) {
    const seen = look();
    if (typeof text === "string" ? seen.includes(text) : text.test(seen)) return seen;
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
  throw new Error(`${text} is not on the screen:\n${look()}`);
}

/** A real terminal in which a program runs. */
export class Tmux {
  /** A folder of its own, where the program runs. */
  readonly folder = mkdtempSync(join(tmpdir(), "sluice-terminal-"));

  /** Starts a program. @param words as a shell takes them. */
  start(words: string, { columns = 80, rows = 24 } = {}): void {
    // Keys of Shift are told from those without where the program understands them.
    this.#tmux(
      "-f",
      "/dev/null",
      "new-session",
      "-d",
      "-x",
      String(columns),
      "-y",
      String(rows),
      "-c",
      this.folder,
      "sh",
    );
    this.#tmux("set", "-g", "window-size", "manual");
    this.type(`stty -echo; PS1=; clear; ${words}; echo "left with $?"`, "Enter");
  }

  /** Presses keys, all at once. @param keys as tmux names them, else texts. */
  type(...keys: string[]): void {
    this.#tmux("send-keys", ...keys);
  }

  /** Types a text, whatever it is called like. */
  write(text: string): void {
    this.#tmux("send-keys", "-l", text);
  }

  /** Pastes a text. @param marked whether as a terminal does that marks pastes where it is asked to. */
  paste(text: string, marked = true): void {
    const file = join(this.folder, "paste.txt");
    writeFileSync(file, text);
    this.#tmux("load-buffer", file);
    this.#tmux("paste-buffer", ...(marked ? ["-p"] : []));
  }

  resize(columns: number, rows: number): void {
    this.#tmux("resize-window", "-x", String(columns), "-y", String(rows));
  }

  /** What stands on the screen, lines that the terminal broke joined. */
  get screen(): string {
    return this.#tmux("capture-pane", "-p", "-J").replace(/[ \t]+$/gm, "");
  }

  /** Where the cursor is, as `column,row`. */
  get cursor(): string {
    return this.#tmux("display-message", "-p", "#{cursor_x},#{cursor_y}").trim();
  }

  /** The screen once it shows something. */
  shows(text: string | RegExp): Promise<string> {
    return screenThatShows(text, () => this.screen);
  }

  end(): void {
    spawnSync("tmux", ["-S", join(this.folder, "socket"), "kill-server"]);
    rmSync(this.folder, { recursive: true, force: true });
  }

  #tmux(...words: string[]): string {
    return execFileSync("tmux", ["-S", join(this.folder, "socket"), ...words], { encoding: "utf8" });
  }
}
