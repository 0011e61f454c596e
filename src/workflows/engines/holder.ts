import { hostname } from "node:os";
import { uuid } from "../../base/uuid.js";

/** A process that runs something. */
export interface Holder {
  pid: number;
  host: string;
  /** Tells processes of one number apart. */
  token: string;
}

/** A process that says nothing for so long has hung, in ms; it says something several times as often. */
export const SILENT_MS = 15_000;

/** This process. */
export function thisProcess(): Holder {
  return { pid: process.pid, host: hostname(), token: TOKEN };
}

const TOKEN = uuid();

/** Whether a process still runs what it took: it is there, and gave a sign of life within `silentMs`. */
export function isAlive({ pid, host, token }: Holder, beatAt: number, silentMs: number): boolean {
  if (token === TOKEN) return true;
  if (Date.now() - beatAt > silentMs) return false;
  if (host !== hostname()) return true;
  try {
    process.kill(pid, 0);
    return true;
  } catch (thrown) {
    // A process of another user is there as well.
    return thrown instanceof Error && "code" in thrown && thrown.code === "EPERM";
  }
}
