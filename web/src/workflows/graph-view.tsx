import { type ReadonlySignal, signal, useSignal } from "@preact/signals";
import { useEffect, useMemo, useRef } from "preact/hooks";
import type { GraphJson } from "../../../src/server/workflows/graph-json.js";
import { duration } from "../design/format.js";
import { layoutGraph, type PlacedNode } from "./graph-layout.js";
import type { StepState, StepView } from "./step-view.js";

interface GraphViewProps {
  graph: GraphJson;
  /** Of a run: how the steps stand. */
  steps?: ReadonlyMap<string, StepView>;
  chosen?: string | undefined;
  onChoose?(step: string): void;
}

/** A workflow as a picture: steps light up as they run, and show the end of what they say. */
export function GraphView({ graph, steps, chosen, onChoose }: GraphViewProps) {
  const { nodes, edges, width, height } = useMemo(() => layoutGraph(graph), [graph]);
  const { place, scale } = useFit(width);
  const size = { width: `${width}px`, height: `${height}px`, transform: `scale(${scale})` };
  return (
    <section
      class="graph-scroll"
      ref={place}
      aria-label="Graph"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by keys.
      tabIndex={0}
    >
      <div class="graph-fit" style={{ width: `${width * scale}px`, height: `${height * scale}px` }}>
        <div class="graph" style={size}>
          <svg width={width} height={height} aria-hidden="true">
            <defs>
              <marker id="arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">
                <path d="M0 0.5L7 4L0 7.5z" />
              </marker>
            </defs>
            {edges.map(({ from, to, kind, d, label }) => (
              <g key={`${from} ${to} ${kind}`}>
                <Line d={d} kind={kind} from={steps?.get(from)} to={steps?.get(to)} />
                {label !== undefined && (
                  <text class="edge-label" x={label.x} y={label.y}>
                    {label.text}
                  </text>
                )}
              </g>
            ))}
          </svg>
          {nodes.map((node) => (
            <Step
              key={node.id}
              node={node}
              view={steps?.get(node.id)}
              chosen={node.id === chosen}
              onChoose={node.type === "end" ? undefined : onChoose}
            />
          ))}
        </div>
      </div>
    </section>
  );
}

/** Smaller than this it is not read any more, and scrolls instead. */
const SMALLEST = 0.62;

/** How much smaller a picture has to be to fit where it stands. */
function useFit(width: number) {
  const place = useRef<HTMLElement>(null);
  const scale = useSignal(1);
  useEffect(() => {
    const { current } = place;
    if (current === null) return;
    const fitIn = () => {
      scale.value = Math.max(SMALLEST, Math.min(1, current.clientWidth / width));
    };
    fitIn();
    const resized = new ResizeObserver(fitIn);
    resized.observe(current);
    return () => resized.disconnect();
  }, [width]);
  return { place, scale: scale.value };
}

const PENDING: ReadonlySignal<StepState> = signal<StepState>("pending");

function Line({
  d,
  kind,
  from,
  to,
}: {
  d: string;
  kind: string;
  from: StepView | undefined;
  to: StepView | undefined;
}) {
  const { value: begun } = from?.state ?? PENDING;
  const { value: next } = to?.state ?? PENDING;
  const gone = begun === "completed" && next !== "pending" && next !== "skipped";
  return <path class={`edge ${kind}${gone ? " gone" : ""}`} d={d} marker-end="url(#arrow)" />;
}

interface StepProps {
  node: PlacedNode;
  view: StepView | undefined;
  chosen: boolean;
  onChoose: ((step: string) => void) | undefined;
}

const WORDS: Readonly<Record<StepState, string>> = {
  pending: "not begun",
  running: "running",
  waiting: "waits for an answer",
  retrying: "tries again",
  completed: "done",
  skipped: "skipped",
  failed: "failed",
};

function Step({ node, view, chosen, onChoose }: StepProps) {
  const { id, type, x, y, width, height, inside } = node;
  const place = { left: `${x}px`, top: `${y}px`, width: `${width}px`, height: `${height}px` };
  const state = view?.state.value;
  if (type === "end")
    return (
      <div class="step end" style={place}>
        end
      </div>
    );
  const running = view !== undefined && (state === "running" || state === "retrying");
  const about = inside > 0 ? `${type}, ${inside} inside` : type;
  const content = (
    <>
      <span class="step-head">
        <b>{id}</b>
        {view !== undefined && <Took view={view} />}
      </span>
      <small class={running ? "sr-only" : undefined}>{about}</small>
      {running && <Tail view={view} />}
      {state !== undefined && <span class="sr-only">{WORDS[state]}</span>}
    </>
  );
  const look = `step ${state ?? "plain"}`;
  if (onChoose === undefined) {
    return (
      <div class={look} style={place}>
        {content}
      </div>
    );
  }
  return (
    <button type="button" class={look} style={place} aria-pressed={chosen} onClick={() => onChoose(id)}>
      {content}
    </button>
  );
}

function Took({ view }: { view: StepView }) {
  const { state, elapsedMs, attempts } = view;
  if (attempts.value > 1) return <span class="badge warning">{attempts.value} attempts</span>;
  if (state.value === "waiting") return <span class="badge warning">waits</span>;
  if (elapsedMs.value === undefined || state.value !== "completed") return null;
  return <span class="took">{duration(elapsedMs.value)}</span>;
}

/** The end of the step's text, straight into the page: it changes with each token. */
function Tail({ view }: { view: StepView }) {
  const place = useRef<HTMLElement>(null);
  useEffect(
    () =>
      view.tail.subscribe((text) => {
        if (place.current !== null)
          place.current.textContent = text.trim() === "" ? "…" : text.replace(/\s+/g, " ").slice(-52);
      }),
    [view],
  );
  return <small ref={place} class="tail" aria-hidden="true" />;
}
