import type { JsonValue } from "../../base/json.js";
import { entryFrame } from "../../dialects/native/entry-frame.js";
import { writeSse } from "../../stream/framing/write-frame.js";
import type { BodySource } from "../call.js";
import type { Monitor, MonitorPoint } from "./monitor.js";
import type { SidecarFigures } from "./sidecar-figures.js";

/** How long a monitor's stream goes without a whole state, in points: charts move each second, lists need not. */
const STATE_EVERY = 2;

/**
 * A monitor as entries of the native protocol: first everything with the points so far, then a point each second, and the
 * state again every other one. A reader that is slow gets the newest and skips what it missed.
 */
export class MonitorFrames implements BodySource {
  readonly keepAlive = ": keep-alive\n\n";
  readonly #monitor: Monitor;
  readonly #sidecar: SidecarFigures | undefined;
  readonly #ending: () => boolean;
  readonly #leave: () => void;
  #newest: MonitorPoint[] = [];
  #wake: (() => void) | undefined;
  #seq = 0;
  #over = false;

  /** @param ending whether the server takes no new requests: the stream is then over. */
  constructor(monitor: Monitor, sidecar: SidecarFigures | undefined, ending: () => boolean) {
    this.#monitor = monitor;
    this.#sidecar = sidecar;
    this.#ending = ending;
    this.#leave = monitor.watch((point) => {
      this.#newest.push(point);
      if (this.#newest.length > 10) this.#newest.shift();
      this.#wake?.();
    });
  }

  next(): string | undefined | Promise<string | undefined> {
    if (this.#over) return undefined;
    if (this.#seq === 0) return this.#frame([...this.#monitor.points], true);
    if (this.#newest.length > 0) return this.#take();
    return new Promise((resolve) => {
      this.#wake = () => {
        this.#wake = undefined;
        resolve(this.#over ? undefined : this.#take());
      };
    });
  }

  cancel(): void {
    if (this.#over) return;
    this.#over = true;
    this.#leave();
    this.#wake?.();
  }

  #take(): string | undefined | Promise<string> {
    if (this.#ending()) {
      this.cancel();
      return undefined;
    }
    const points = this.#newest;
    this.#newest = [];
    return this.#frame(points, this.#seq % STATE_EVERY === 0);
  }

  async #frame(points: readonly MonitorPoint[], whole: boolean): Promise<string> {
    const sidecar = whole ? await this.#sidecar?.read() : undefined;
    const state = whole && { ...this.#monitor.state(), ...(sidecar && { sidecar }) };
    const value = JSON.parse(JSON.stringify({ points, ...(state && { state }) })) as JsonValue;
    const event = { type: "data", name: "server/monitoring", value } as const;
    return writeSse(entryFrame({ run: "monitoring", seq: this.#seq++, at: Date.now(), events: [event] }));
  }
}
