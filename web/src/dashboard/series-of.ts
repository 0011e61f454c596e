import type { MonitorPoint } from "../../../src/server/monitoring/monitor.js";

/** A value of points over time. */
export interface SeriesOf {
  /** In seconds since the epoch, one after the other. */
  times: number[];
  points: (MonitorPoint | undefined)[];
}

/** A gap of so many ms between two points is a time in which nothing was counted. */
const GAP_MS = 1_600;

/** Points one a second: where nothing was counted, nothing was going on. */
export function seriesOf(points: readonly MonitorPoint[]): SeriesOf {
  const times: number[] = [];
  const all: (MonitorPoint | undefined)[] = [];
  let last: number | undefined;
  for (const point of points) {
    if (last !== undefined && point.at - last > GAP_MS) {
      for (let at = last + 1_000; at < point.at - 500; at += 1_000) {
        times.push(at / 1_000);
        all.push(undefined);
      }
    }
    times.push(point.at / 1_000);
    all.push(point);
    last = point.at;
  }
  return { times, points: all };
}
