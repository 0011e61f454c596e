import { type ChildProcess, spawn } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { exactly, filledString } from "../../stream/checks.js";
import { SluiceError } from "../../stream/error.js";
import type { AudioOutput } from "./audio-output.js";
import { PACED_OUTPUT_FIELDS, type PacedOutputOptions, type PcmSink, pacedOutput } from "./paced-output.js";

/** A program that plays samples from its standard input. */
interface Player {
  command: string;
  args(sampleRate: number): string[];
}

/** In the order in which they are looked for. */
const PLAYERS: readonly Player[] = [
  { command: "pw-cat", args: (rate) => ["--playback", "--raw", "--format=s16", `--rate=${rate}`, "--channels=1", "-"] },
  {
    command: "paplay",
    args: (rate) => ["--raw", "--format=s16le", `--rate=${rate}`, "--channels=1", "--latency-msec=60"],
  },
  { command: "aplay", args: (rate) => ["-q", "-t", "raw", "-f", "S16_LE", "-r", String(rate), "-c", "1", "-"] },
  {
    command: "play",
    args: (rate) => ["-q", "-t", "raw", "-e", "signed", "-b", "16", "-r", String(rate), "-c", "1", "-"],
  },
  {
    command: "ffplay",
    args: (rate) => [
      "-loglevel",
      "quiet",
      "-nodisp",
      "-autoexit",
      "-f",
      "s16le",
      "-ar",
      String(rate),
      "-ac",
      "1",
      "-i",
      "-",
    ],
  },
];

/** Settings of `systemPlayer`. */
export interface SystemPlayerOptions extends PacedOutputOptions {
  /** The program: `pw-cat`, `paplay`, `aplay`, `play` or `ffplay`. Default: the first that is installed. */
  command?: string;
  /** Where it is looked for. Default: `PATH`. */
  path?: string;
}

const OPTIONS = exactly("systemPlayer", {
  command: filledString,
  path: filledString,
  ...PACED_OUTPUT_FIELDS,
});

/** The player of this system, as far as it is installed: its command; `undefined` if there is none. */
export function findPlayer(path = process.env.PATH ?? ""): string | undefined {
  return PLAYERS.find(({ command }) => onPath(command, path) !== undefined)?.command;
}

/**
 * Plays audio with a program of the system. Stopping ends the program, so that nothing that it had buffered is heard.
 *
 * @throws {SluiceError} `unsupported` where no player is installed, with what to install.
 */
export function systemPlayer(options: SystemPlayerOptions = {}): AudioOutput {
  OPTIONS(options, "");
  const { path = process.env.PATH ?? "", command = findPlayer(path), ...paced } = options;
  const player = PLAYERS.find((one) => one.command === command);
  const file = player === undefined ? undefined : onPath(player.command, path);
  if (player === undefined || file === undefined) {
    const names = PLAYERS.map((one) => one.command).join(", ");
    throw new SluiceError("unsupported", `no player is installed: one of ${names} is needed to hear audio here`);
  }
  return pacedOutput(new PlayerSink(file, player), paced);
}

class PlayerSink implements PcmSink {
  readonly #file: string;
  readonly #player: Player;
  #child: ChildProcess | undefined;
  #sampleRate = 0;

  constructor(file: string, player: Player) {
    this.#file = file;
    this.#player = player;
  }

  write(pcm: Uint8Array, sampleRate: number): void {
    if (this.#child === undefined || this.#sampleRate !== sampleRate) this.#start(sampleRate);
    this.#child?.stdin?.write(pcm);
  }

  stop(): void {
    this.#child?.kill("SIGKILL");
    this.#child = undefined;
  }

  #start(sampleRate: number): void {
    // What it was given before is still to be heard: it ends by itself.
    this.#child?.stdin?.end();
    const child = spawn(this.#file, this.#player.args(sampleRate), { stdio: ["pipe", "ignore", "ignore"] });
    // A player that ends, or cannot start, is started again with the next audio.
    const gone = () => {
      if (this.#child === child) this.#child = undefined;
    };
    child.on("error", gone);
    child.on("exit", gone);
    child.stdin?.on("error", gone);
    // It does not keep this process from ending.
    child.unref();
    this.#child = child;
    this.#sampleRate = sampleRate;
  }
}

function onPath(command: string, path: string): string | undefined {
  for (const folder of path.split(delimiter)) {
    const file = join(folder, command);
    try {
      accessSync(file, constants.X_OK);
      return file;
    } catch {
      // The next one.
    }
  }
  return undefined;
}
