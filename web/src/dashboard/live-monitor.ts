import { signal } from "@preact/signals";
import type { JsonValue } from "../../../src/base/json.js";
import { isJsonObject } from "../../../src/base/json.js";
import type { MonitorPoint, MonitorState } from "../../../src/server/monitoring/monitor.js";
import type { SidecarState } from "../../../src/server/monitoring/sidecar-figures.js";
import { SluiceError } from "../../../src/stream/error.js";
import { waitForNetwork } from "../api/network-wait.js";
import { readEntries } from "../api/read-entries.js";
import { ask } from "../api/server.js";

/** How the server is doing, and its Dapr sidecar where it knows one. */
export type LiveState = MonitorState & { sidecar?: SidecarState };

/** Points that are shown: one a second for five minutes. */
const MOST = 300;

/** What the server says of itself, as it changes. */
export class LiveMonitor {
  readonly #points = signal<readonly MonitorPoint[]>([]);
  readonly #state = signal<LiveState | undefined>(undefined);
  readonly #connection = signal<"connecting" | "live" | "lost">("connecting");
  readonly #error = signal<SluiceError | undefined>(undefined);

  get points() {
    return this.#points;
  }

  get state() {
    return this.#state;
  }

  get connection() {
    return this.#connection;
  }

  /** Why it is not shown, and will not be. */
  get error() {
    return this.#error;
  }

  /** Follows until the signal is aborted. A connection that is lost is made again. */
  async follow(stop: AbortSignal): Promise<void> {
    for (let failures = 0; !stop.aborted; failures++) {
      try {
        const response = await ask("v1/monitoring/stream", { signal: stop });
        this.#points.value = [];
        for await (const entries of readEntries(response, stop)) {
          failures = 0;
          this.#error.value = undefined;
          this.#connection.value = "live";
          for (const entry of entries) if ("events" in entry) for (const event of entry.events) this.#take(event);
        }
      } catch (thrown) {
        const error = SluiceError.from(thrown);
        if (stop.aborted) return;
        if (error.code !== "connect-failed" && !error.retryable) this.#error.value = error;
      }
      if (stop.aborted) return;
      this.#connection.value = "lost";
      await waitForNetwork(failures, stop);
    }
  }

  #take(event: { type: string; name?: string; value?: JsonValue }): void {
    if (event.type !== "data" || event.name !== "server/monitoring" || !isJsonObject(event.value)) return;
    const { points, state } = event.value as unknown as { points?: MonitorPoint[]; state?: LiveState };
    if (Array.isArray(points)) this.#points.value = [...this.#points.value, ...points].slice(-MOST);
    if (state !== undefined) this.#state.value = state;
  }
}
