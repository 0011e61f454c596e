import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { TimelineSpan } from "../../../src/server/monitoring/run-timeline.js";
import type { RunSummary } from "../../../src/server/monitoring/watched-run.js";
import { SluiceError } from "../../../src/stream/error.js";
import { askJson } from "../api/server.js";
import { CopyButton } from "../design/copy-button.js";
import { Dialog } from "../design/dialog.js";
import { count, duration } from "../design/format.js";
import { Icon } from "../design/icon.js";

type Details = RunSummary & { timeline: TimelineSpan[] };

/** What happened in a run when: its events by kind, its ids, and what it failed with. */
export function RunDialog({ run, onClose }: { run: string | undefined; onClose(): void }) {
  const details = useSignal<Details | undefined>(undefined);
  const problem = useSignal("");
  useEffect(() => {
    details.value = undefined;
    problem.value = "";
    if (run === undefined) return;
    askJson(`v1/monitoring/runs/${encodeURIComponent(run)}`).then(
      (found) => {
        details.value = found as unknown as Details;
      },
      (thrown: unknown) => {
        problem.value = SluiceError.from(thrown).message;
      },
    );
  }, [run]);
  return (
    <Dialog open={run !== undefined} label="A run" class="run-dialog" onClose={onClose}>
      <div class="dialog-body">
        <div class="dialog-head">
          <h2>{details.value?.model ?? "Run"}</h2>
          <button type="button" class="icon-button" aria-label="Close" onClick={onClose}>
            <Icon name="close" />
          </button>
        </div>
        {problem.value !== "" && (
          <p class="notice warning" role="alert">
            {problem.value}
          </p>
        )}
        {details.value !== undefined && <Body details={details.value} />}
      </div>
    </Dialog>
  );
}

function Body({ details }: { details: Details }) {
  const { error, run, request, trace, timeline, durationMs } = details;
  const ids = [
    { name: "Run", id: run },
    { name: "Request", id: request },
    ...(trace === undefined ? [] : [{ name: "Trace", id: trace }]),
  ];
  return (
    <>
      {error !== undefined && (
        <p class="notice danger">
          <Icon name="alert" />
          <span>
            <b>{error.code}</b> {error.message}
          </span>
        </p>
      )}
      <Timeline spans={timeline} totalMs={durationMs} />
      <dl class="ids">
        {ids.map(({ name, id }) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>
              <code>{id}</code>
              <CopyButton text={() => id} label={`Copy the id of the ${name.toLowerCase()}`} />
            </dd>
          </div>
        ))}
      </dl>
    </>
  );
}

/** The widest a bar may be, in units of the drawing. */
const WIDTH = 1_000;

function Timeline({ spans, totalMs }: { spans: readonly TimelineSpan[]; totalMs: number }) {
  const scale = WIDTH / Math.max(totalMs, ...spans.map(({ toMs }) => toMs), 1);
  return (
    <ol class="timeline" aria-label="What happened when">
      {spans.map(({ what, fromMs, toMs, count: events }, index) => (
        <li key={index}>
          <span class="what" title={what}>
            {what}
            {events > 1 && <small> × {count(events)}</small>}
          </span>
          <svg viewBox={`0 0 ${WIDTH} 10`} preserveAspectRatio="none" aria-hidden="true">
            <rect
              x={Math.min(fromMs * scale, WIDTH - 6)}
              y="1"
              width={Math.max((toMs - fromMs) * scale, 6)}
              height="8"
              rx="3"
            />
          </svg>
          <span class="when">{duration(fromMs)}</span>
        </li>
      ))}
    </ol>
  );
}
