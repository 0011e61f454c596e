import { useEffect, useRef } from "preact/hooks";
import uPlot from "uplot";
import { theme } from "../shell/theme.js";
import "uplot/dist/uPlot.min.css";
import { coloursOf } from "./colours.js";

/** One line of a chart. */
interface Line {
  label: string;
  /** A series of the design's values, from 1. */
  colour: 1 | 2 | 3 | 4 | 5 | 6;
  /** One value for each time; `null` if there is none. */
  values: readonly (number | null)[];
  /** Whether the area below it is filled. */
  filled?: boolean;
}

interface ChartProps {
  title: string;
  /** What it shows, for who does not see it. */
  summary: string;
  /** In seconds since the epoch. */
  times: readonly number[];
  lines: readonly Line[];
  /** A value on the axis and in the legend. */
  format(value: number): string;
  /** Whether its values are counts: between two of them there is nothing. */
  whole?: boolean;
}

/** Steps of an axis of counts. */
const WHOLE = [1, 2, 5]
  .flatMap((step) => [1, 10, 100, 1_000, 10_000, 100_000].map((power) => step * power))
  .sort((a, b) => a - b);

const HEIGHT = 150;
/** What is shown, in seconds. */
const WINDOW_S = 300;
/** As much as is shown where there is less. */
const LEAST_S = 60;

/** Lines over time, with their last values. */
export function Chart({ title, summary, times, lines, format, whole = false }: ChartProps) {
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | undefined>(undefined);
  const { value: themed } = theme;
  // The plot takes its colours when it is made.
  useEffect(() => {
    const { current } = place;
    if (current === null) return;
    const make = () => {
      plot.current?.destroy();
      plot.current = new uPlot(optionsOf({ lines, format, whole }, current), dataOf(times, lines), current);
    };
    make();
    const resized = new ResizeObserver(() => plot.current?.setSize({ width: current.clientWidth, height: HEIGHT }));
    resized.observe(current);
    const dark = matchMedia("(prefers-color-scheme: dark)");
    dark.addEventListener("change", make);
    return () => {
      resized.disconnect();
      dark.removeEventListener("change", make);
      plot.current?.destroy();
    };
  }, [themed]);
  useEffect(() => plot.current?.setData(dataOf(times, lines)), [times, lines]);
  return (
    <figure class="chart card">
      <figcaption>
        <span class="chart-title">{title}</span>
        <span class="legend">
          {lines.map(({ label, colour, values }) => {
            const last = values.findLast((value) => value !== null);
            return (
              <span key={label}>
                <i class={`series-${colour}`} aria-hidden="true" />
                {lines.length > 1 && `${label} `}
                <b>{last === undefined || last === null ? "–" : format(last)}</b>
              </span>
            );
          })}
        </span>
      </figcaption>
      <div ref={place} class="plot" role="img" aria-label={summary} />
    </figure>
  );
}

function dataOf(times: readonly number[], lines: readonly Line[]): uPlot.AlignedData {
  return [[...times], ...lines.map(({ values }) => [...values])];
}

function optionsOf(
  { lines, format, whole }: Pick<ChartProps, "lines" | "format" | "whole">,
  place: HTMLElement,
): uPlot.Options {
  const { axis, grid, series } = coloursOf(place);
  const axes = { stroke: axis, font: "11px system-ui, sans-serif", ticks: { show: false } };
  return {
    width: place.clientWidth,
    height: HEIGHT,
    legend: { show: false },
    cursor: { show: false },
    padding: [10, 22, 0, 0],
    scales: {
      x: { time: true, range: (_, min, max) => [Math.max(max - WINDOW_S, Math.min(min, max - LEAST_S)), max] },
      y: { range: (_, __, max) => [0, Math.max(max * 1.15, 1)] },
    },
    axes: [
      { ...axes, grid: { show: false }, size: 24, space: 80, values: (_, splits) => splits.map(minutesAndSeconds) },
      {
        ...axes,
        grid: { stroke: grid, width: 1 },
        size: 52,
        space: 36,
        ...(whole && { incrs: WHOLE }),
        values: (_, splits) => splits.map((value) => format(value)),
      },
    ],
    series: [
      {},
      ...lines.map(({ label, colour, filled }): uPlot.Series => {
        const stroke = series[colour - 1] ?? axis;
        return {
          label,
          stroke,
          width: 1.75,
          points: { show: false },
          spanGaps: false,
          ...(filled && { fill: `color-mix(in srgb, ${stroke} 14%, transparent)` }),
        };
      }),
    ],
  };
}

function minutesAndSeconds(seconds: number): string {
  return new Date(seconds * 1_000).toLocaleTimeString([], {
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    hour12: false,
  });
}
