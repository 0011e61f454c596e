import { count, duration, money } from "../design/format.js";
import type { LiveMonitor, LiveState } from "./live-monitor.js";

/** Seconds over which the speed is averaged. */
const SMOOTH = 5;

/** The figures that one looks at first. */
export function Tiles({ monitor, state }: { monitor: LiveMonitor; state: LiveState }) {
  const points = monitor.points.value;
  const lately = points.slice(-SMOOTH);
  const speed = lately.length === 0 ? 0 : lately.reduce((sum, { tokens }) => sum + tokens, 0) / lately.length;
  const { totals, ttft, gap } = state;
  const failedShare = totals.runs === 0 ? 0 : (100 * totals.failed) / totals.runs;
  return (
    <dl class="tiles">
      <Tile
        name="Running now"
        value={count(points.at(-1)?.active ?? state.active)}
        note={`${count(totals.runs)} runs in all`}
      />
      <Tile name="Tokens a second" value={count(speed)} note={`${count(totals.outputTokens)} tokens in all`} />
      <Tile
        name="Time to first token"
        value={duration(ttft.p50)}
        note={ttft.count === 0 ? "no runs yet" : `p90 ${duration(ttft.p90)} · p99 ${duration(ttft.p99)}`}
      />
      <Tile
        name="Between tokens"
        value={duration(gap.p50)}
        note={gap.count === 0 ? "no tokens yet" : `p90 ${duration(gap.p90)} · p99 ${duration(gap.p99)}`}
      />
      <Tile
        name="Failed"
        value={`${failedShare === 0 ? 0 : failedShare.toFixed(1)} %`}
        note={`${count(totals.failed)} of ${count(totals.runs)}`}
        tone={totals.failed > 0 ? "danger" : undefined}
      />
      <Tile
        name="Cost"
        value={money(totals.costUsd)}
        note={totals.unpriced === 0 ? "all runs priced" : `${count(totals.unpriced)} without a price`}
      />
    </dl>
  );
}

function Tile({ name, value, note, tone }: { name: string; value: string; note: string; tone?: "danger" | undefined }) {
  return (
    <div class="tile card">
      <dt>{name}</dt>
      <dd class={tone === undefined ? "value" : `value ${tone}`}>{value}</dd>
      <dd class="tile-note">{note}</dd>
    </div>
  );
}
