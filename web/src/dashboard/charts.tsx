import { count, duration } from "../design/format.js";
import { Chart } from "./chart.js";
import type { LiveMonitor } from "./live-monitor.js";
import { seriesOf } from "./series-of.js";

/** Five minutes, second by second. */
export function Charts({ monitor }: { monitor: LiveMonitor }) {
  const { times, points } = seriesOf(monitor.points.value);
  const tokens = points.map((point) => point?.tokens ?? 0);
  const active = points.map((point) => point?.active ?? 0);
  const ttft = points.map((point) => point?.ttftMs ?? null);
  const gaps = points.map((point) => point?.gapMs ?? null);
  return (
    <div class="charts">
      <Chart
        title="Tokens a second"
        summary={`Tokens a second in the last five minutes: now ${tokens.at(-1) ?? 0}, at most ${Math.max(0, ...tokens)}`}
        times={times}
        lines={[{ label: "tokens/s", colour: 1, values: tokens, filled: true }]}
        format={count}
        whole
      />
      <Chart
        title="Running"
        summary={`Runs under way in the last five minutes: now ${active.at(-1) ?? 0}, at most ${Math.max(0, ...active)}`}
        times={times}
        lines={[{ label: "runs", colour: 2, values: active, filled: true }]}
        format={count}
        whole
      />
      <Chart
        title="Time to first token"
        summary={`Median time to the first token: ${duration(ttft.findLast((one) => one !== null) ?? undefined)}`}
        times={times}
        lines={[{ label: "median", colour: 3, values: ttft }]}
        format={duration}
      />
      <Chart
        title="Between tokens"
        summary={`Median time between tokens: ${duration(gaps.findLast((one) => one !== null) ?? undefined)}`}
        times={times}
        lines={[{ label: "median", colour: 4, values: gaps }]}
        format={duration}
      />
    </div>
  );
}
