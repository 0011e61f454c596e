import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { constants } from "node:os";
import { type Clock, wait } from "../../base/clock.js";
import { messageOf, SluiceError } from "../../stream/error.js";
import { atProcessExit } from "./at-process-exit.js";
import { OutputCopy } from "./output-copy.js";
import type { LogSource } from "./prefixed-log.js";

/** Settings of `startProcess`. */
export interface ProcessOptions {
  /** The program and its arguments. */
  command: readonly string[];
  folder: string;
  env: Readonly<Record<string, string | undefined>>;
  /** Whether it reads what this process would; otherwise there is nothing to read. */
  readsStdin: boolean;
  /** Where its output goes. It is read no faster than that is taken. */
  stdout: LogSource;
  stderr: LogSource;
  clock: Clock;
}

/** How a process ended: with a code, or by a signal. */
export interface ProcessEnd {
  code: number | null;
  signal: NodeJS.Signals | null;
}

/** A process that runs with all that it starts. */
export interface ManagedProcess {
  pid: number;
  /** Resolves when it and all that it started has ended and its output is written. */
  ended: Promise<ProcessEnd>;
  /** Sends a signal to it and to all that it started. What has not ended after 10 s is killed. */
  end(signal: NodeJS.Signals): Promise<ProcessEnd>;
}

/** How long a process, or what it started, may take to end after its signal, in ms. */
const GRACE_MS = 10_000;
/** How long what it started may take that holds none of its outputs any more, in ms. */
const SILENT_GRACE_MS = 1_000;
/** Between two looks at whether a group of processes has ended, in ms. */
const LOOK_MS = 20;

/**
 * Starts a program in a process group of its own, so that a Ctrl-C of the terminal reaches it only when it is passed on,
 * and what it starts ends with it.
 *
 * @throws {SluiceError} `not-found` when it cannot be started.
 */
export async function startProcess(options: ProcessOptions): Promise<ManagedProcess> {
  const { command, folder, env, readsStdin } = options;
  const [program = "", ...words] = command;
  const child = spawn(program, words, {
    cwd: folder,
    env: { ...env },
    stdio: [readsStdin ? "inherit" : "ignore", "pipe", "pipe"],
    detached: hasGroups(),
  });
  try {
    await once(child, "spawn");
  } catch (cause) {
    const reason = messageOf(cause);
    throw new SluiceError("not-found", `${program} cannot be started in ${folder}: ${reason}`, { cause });
  }
  return managed(child, options);
}

/** The exit code that a shell gives an end. */
export function exitCodeOfEnd({ code, signal }: ProcessEnd): number {
  if (code !== null) return code;
  return signal === null ? 1 : 128 + constants.signals[signal];
}

function managed(child: ChildProcess, { stdout, stderr, clock }: ProcessOptions): ManagedProcess {
  const pid = child.pid ?? 0;
  const copies = [
    ...(child.stdout === null ? [] : [new OutputCopy(child.stdout, stdout)]),
    ...(child.stderr === null ? [] : [new OutputCopy(child.stderr, stderr)]),
  ];
  const exited = once(child, "exit").then(([code, signal]): ProcessEnd => ({ code, signal }));
  let isOver = false;
  const callOffExit = atProcessExit(() => send(pid, "SIGTERM"));
  const ended = exited.then(async (end) => {
    isOver = true;
    await endGroup(pid, copies, clock);
    callOffExit();
    await Promise.all(copies.map((copy) => copy.finish(clock)));
    return end;
  });
  return {
    pid,
    ended,
    async end(signal) {
      // Its number may be another's once it is over.
      if (isOver) return await ended;
      send(pid, signal);
      const callOff = clock.after(GRACE_MS, () => isOver || send(pid, "SIGKILL"));
      try {
        return await ended;
      } finally {
        callOff();
      }
    },
  };
}

/** Ends what is left of a group whose first process has ended. */
async function endGroup(pid: number, copies: readonly OutputCopy[], clock: Clock): Promise<void> {
  if (!hasGroups() || !send(pid, "SIGTERM")) return;
  const closed = new AbortController();
  void Promise.all(copies.map(({ over }) => over)).then(() => closed.abort());
  await wait(GRACE_MS, clock, closed.signal).catch(() => {});
  // Not all that is there runs: where nobody collects them, processes that have ended stay in the group.
  const deadline = clock.now() + SILENT_GRACE_MS;
  while (clock.now() < deadline && send(pid, 0)) await wait(LOOK_MS, clock);
  send(pid, "SIGKILL");
}

/** Sends a signal to a process group; whether anybody was there. */
function send(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(hasGroups() ? -pid : pid, signal);
  } catch {
    return false;
  }
}

/** Windows has no process groups that signals can be sent to. */
function hasGroups(): boolean {
  return process.platform !== "win32";
}
