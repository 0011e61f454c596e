import { spawn } from "node:child_process";
import { once } from "node:events";
import { SluiceError } from "../stream/error.js";
import type { Io } from "./io.js";

/** A program that takes the clipboard's new text on stdin. */
interface Program {
  command: string;
  args: readonly string[];
  /** Default UTF-8. */
  encoding?: "utf16le";
}

/**
 * Puts a text on the clipboard: by the program that the system has for it, else by asking the terminal (OSC 52), as over SSH, where the
 * other machine's clipboard is nobody's.
 *
 * @returns what was done, for people.
 * @throws {SluiceError} `unsupported` where there is neither.
 */
export async function copyText(text: string, io: Io, platform: NodeJS.Platform = process.platform): Promise<string> {
  const { env } = io;
  const local = isRemote(env) ? [] : programsFor(env, platform);
  for (const program of env.TMUX ? [...local, TMUX] : local) {
    if (await run(program, text, env)) return `copied with ${program.command}`;
  }
  if (!io.stdout.isTTY)
    throw new SluiceError("unsupported", "there is no clipboard: neither a program for it nor a terminal was found");
  io.stdout.write(passed(`\u001b]52;c;${Buffer.from(text).toString("base64")}\u0007`, env));
  return "the terminal was asked to copy it (OSC 52); one that does not allow that says nothing";
}

/** It hands on what programs ask of the terminal only where it is configured to, and copies by itself. */
const TMUX: Program = { command: "tmux", args: ["load-buffer", "-w", "-"] };

/** Bytes that `screen` takes in one of its strings at most, with room for their marks. */
const SCREEN_CHUNK = 700;

/** A sequence as the terminal around `screen` gets it. */
function passed(sequence: string, { STY: screen }: Io["env"]): string {
  if (!screen) return sequence;
  const chunks = sequence.match(new RegExp(`[^]{1,${SCREEN_CHUNK}}`, "g")) ?? [];
  return chunks.map((chunk) => `\u001bP${chunk}\u001b\\`).join("");
}

function isRemote(env: Io["env"]): boolean {
  return Boolean(env.SSH_TTY || env.SSH_CONNECTION);
}

function programsFor(env: Io["env"], platform: NodeJS.Platform): Program[] {
  // It takes UTF-16 by its mark; what has none it reads in the code page of the console.
  const windows: Program = { command: "clip.exe", args: [], encoding: "utf16le" };
  if (platform === "darwin") return [{ command: "pbcopy", args: [] }];
  if (platform === "win32") return [windows];
  return [
    ...(env.WSL_DISTRO_NAME ? [windows] : []),
    ...(env.TERMUX_VERSION ? [{ command: "termux-clipboard-set", args: [] }] : []),
    ...(env.WAYLAND_DISPLAY ? [{ command: "wl-copy", args: [] }] : []),
    ...(env.DISPLAY
      ? [
          { command: "xclip", args: ["-selection", "clipboard"] },
          { command: "xsel", args: ["--input", "--clipboard"] },
        ]
      : []),
  ];
}

/** Whether it took the text. Some go on in the background: their outputs are not waited for. */
async function run({ command, args, encoding }: Program, text: string, env: Io["env"]): Promise<boolean> {
  const child = spawn(command, args, { stdio: ["pipe", "ignore", "ignore"], env });
  child.stdin.on("error", () => {});
  child.stdin.end(encoding === undefined ? text : Buffer.from(`\ufeff${text}`, encoding));
  try {
    const [code] = await once(child, "exit");
    return code === 0;
  } catch {
    return false;
  }
}
