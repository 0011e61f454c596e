import { expect, test } from "vitest";
import { ManualClock } from "../../../test/support/manual-clock.js";
import { SluiceError } from "../../stream/error.js";
import { DurationHistogram } from "./duration-histogram.js";
import { LabelTally } from "./label-tally.js";
import { Monitor, type MonitorPoint } from "./monitor.js";
import { RunTimeline } from "./run-timeline.js";

const beginning = (run: string, model = "m") => ({
  run,
  request: `r-${run}`,
  model,
  caller: "anna",
  protocol: "native",
});

test("percentiles are those of the durations, within a tenth, and old ones are forgotten", () => {
  const histogram = new DurationHistogram(3);
  for (let ms = 1; ms <= 1_000; ms++) histogram.record(ms);
  const { count, p50 = 0, p90 = 0, p99 = 0 } = histogram.percentiles();
  expect(count).toBe(1_000);
  for (const [found, exact] of [
    [p50, 500],
    [p90, 900],
    [p99, 990],
  ] as const) {
    expect(Math.abs(found - exact) / exact).toBeLessThan(0.1);
  }
  histogram.turn();
  histogram.record(5);
  expect(histogram.newest().count).toBe(1);
  expect(histogram.percentiles().count).toBe(1_001);
  histogram.turn();
  histogram.turn();
  expect(histogram.percentiles().count).toBe(1);
  for (const odd of [0, -1, Number.NaN, Number.POSITIVE_INFINITY]) histogram.record(odd);
  expect(histogram.percentiles().count).toBe(5);
});

test("a timeline joins neighbours and has a bound", () => {
  const timeline = new RunTimeline();
  timeline.push({ type: "start", id: "a", model: "m" }, 0);
  for (let i = 0; i < 1_000; i++) timeline.push({ type: "text-delta", text: "secret" }, i);
  expect(timeline.spans).toEqual([
    { what: "start", fromMs: 0, toMs: 0, count: 1 },
    { what: "text-delta", fromMs: 0, toMs: 999, count: 1_000 },
  ]);
  for (let i = 0; i < 1_000; i++) {
    timeline.push({ type: "nested", from: `step${i}`, event: { type: "text-delta", text: "x" } }, 1_000 + i);
  }
  timeline.push({ type: "finish", reason: "stop", usage: {} }, 5_000);
  expect(timeline.spans.length).toBeLessThanOrEqual(65);
  expect(timeline.spans.at(-1)).toEqual({ what: "finish", fromMs: 5_000, toMs: 5_000, count: 1 });
  expect(timeline.spans.reduce((sum, { count }) => sum + count, 0)).toBe(2_002);
});

test("names beyond a bound are counted together", () => {
  const tally = new LabelTally();
  for (let i = 0; i < 1_000; i++) tally.add(`name-${i}`, { usage: { outputTokens: 2 }, costUsd: 0.5 }, i % 2 === 0);
  expect(tally.all.length).toBe(101);
  expect(tally.all.reduce((sum, { runs }) => sum + runs, 0)).toBe(1_000);
  expect(tally.all[0]).toMatchObject({ name: "other", runs: 900, failed: 450, costUsd: 450, unpriced: 0 });
});

test("a monitor counts what goes on, second by second, and stops counting when nothing does", () => {
  const clock = new ManualClock();
  const monitor = new Monitor({ clock });
  const points: MonitorPoint[] = [];
  let tokens = 0;
  const run = monitor.begin(beginning("one"), () => tokens);
  const leave = monitor.watch((point) => points.push(point));
  clock.advance(200);
  run.push([
    { type: "start", id: "a", model: "m" },
    { type: "text-delta", text: "Hi" },
  ]);
  clock.advance(300);
  run.push([{ type: "text-delta", text: " there" }]);
  tokens = 7;
  clock.advance(500);
  expect(points).toMatchObject([{ active: 1, tokens: 7, started: 1, failed: 0 }]);
  expect(points[0]?.ttftMs).toBeCloseTo(200, -2);
  tokens = 9;
  monitor.end(run, { usage: { inputTokens: 3, outputTokens: 9 }, costUsd: 0.25 });
  clock.advance(1_000);
  expect(points[1]).toMatchObject({ active: 0, tokens: 2, started: 0 });
  const failing = monitor.begin(beginning("two", "other"), () => 0);
  monitor.end(failing, { usage: {} }, new SluiceError("overloaded", "busy"));
  const left = monitor.begin(beginning("three"), () => 0);
  monitor.end(left, { usage: {} }, new SluiceError("cancelled", "left"));
  monitor.end(left, { usage: {} });
  leave();
  clock.advance(1_000);
  expect(clock.pending).toEqual([]);
  const state = monitor.state();
  expect(state).toMatchObject({
    active: 0,
    totals: { runs: 3, failed: 1, inputTokens: 3, outputTokens: 9, costUsd: 0.25, unpriced: 2 },
    ttft: { count: 1 },
    gap: { count: 1 },
    duration: { count: 3 },
    errors: [
      { code: "overloaded", count: 1 },
      { code: "cancelled", count: 1 },
    ],
    callers: [{ name: "anna", runs: 3 }],
    failed: [{ run: "two", error: { code: "overloaded", message: "busy" } }],
    slowest: [{ run: "one", ttftMs: 200, outputTokens: 9 }, {}, {}],
  });
  expect(monitor.find("one")?.timeline).toEqual([
    { what: "start", fromMs: 200, toMs: 200, count: 1 },
    { what: "text-delta", fromMs: 200, toMs: 500, count: 2 },
  ]);
  // Ten minutes in which nobody looked.
  clock.advance(600_000);
  expect(monitor.state()).toMatchObject({ ttft: { count: 0 }, duration: { count: 0 }, slowest: [], failed: [{}] });
});

test("what a monitor holds does not grow with what it has seen", () => {
  const clock = new ManualClock();
  const monitor = new Monitor({ clock });
  for (let i = 0; i < 5_000; i++) {
    const run = monitor.begin(beginning(`run-${i}`, `model-${i}`), () => 1);
    run.push([{ type: "text-delta", text: "x" }]);
    clock.advance(100);
    monitor.end(run, { usage: {} }, i % 3 === 0 ? new SluiceError("rejected", "no ".repeat(1_000)) : undefined);
  }
  const state = monitor.state();
  expect([state.models.length, state.slowest.length, state.failed.length]).toEqual([101, 20, 20]);
  expect(monitor.points.length).toBeLessThanOrEqual(300);
  expect(JSON.stringify(state).length).toBeLessThan(60_000);
});
