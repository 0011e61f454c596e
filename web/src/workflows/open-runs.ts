import type { LiveRun } from "./live-run.js";

/** Runs that are remembered while the app is open. */
const MOST = 20;

/** Runs that were begun or looked at here, so that the text of their steps is there when one comes back. */
class OpenRuns {
  readonly #runs = new Map<string, LiveRun>();

  get(id: string): LiveRun | undefined {
    return this.#runs.get(id);
  }

  set(id: string, run: LiveRun): void {
    this.#runs.set(id, run);
    const [oldest] = this.#runs.keys();
    if (this.#runs.size <= MOST || oldest === undefined) return;
    this.#runs.get(oldest)?.leave();
    this.#runs.delete(oldest);
  }
}

export const openRuns = new OpenRuns();
