import { type Signal, useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { SluiceError } from "../../../src/stream/error.js";
import { AnswerParts } from "../chat/parts/answer-parts.js";
import { Icon } from "../design/icon.js";
import { hrefOf } from "../shell/route.js";
import { SidebarButton } from "../shell/sidebar.js";
import { GraphView } from "./graph-view.js";
import { LiveRun } from "./live-run.js";
import { openRuns } from "./open-runs.js";
import { StatusBadge } from "./status-badge.js";
import { StepPanel } from "./step-panel.js";

/** A run: its graph, the step that is looked at, and what it answers. */
export function RunPage({ id }: { id: string }) {
  const run = useSignal<LiveRun | undefined>(openRuns.get(id));
  const problem = useSignal<SluiceError | undefined>(undefined);
  useEffect(() => {
    document.title = "Run · Sluice";
    if (run.value !== undefined) return;
    LiveRun.open(id).then(
      (opened) => {
        openRuns.set(id, opened);
        run.value = opened;
      },
      (thrown: unknown) => {
        problem.value = SluiceError.from(thrown);
      },
    );
  }, [id]);
  if (problem.value !== undefined) {
    return (
      <div class="page">
        <header class="page-head">
          <SidebarButton />
          <h1>Run</h1>
        </header>
        <div class="empty" role="alert">
          <Icon name="alert" />
          <h2>This run cannot be shown</h2>
          <p>{problem.value.message}</p>
          <a href={hrefOf("workflows")}>All workflows</a>
        </div>
      </div>
    );
  }
  if (run.value === undefined) return <div class="page-loading" role="status" aria-label="Loading the run" />;
  return <Run run={run.value} />;
}

function Run({ run }: { run: LiveRun }) {
  const chosen = useSignal<string | undefined>(undefined);
  useWaiting(run, chosen);
  const step = chosen.value === undefined ? undefined : run.steps.get(chosen.value);
  const status = run.status.value;
  return (
    <div class="page run-page">
      <RunHead run={run} />
      <div class={step === undefined ? "run-body" : "run-body with-panel"}>
        <div class="run-main">
          {run.error.value !== undefined && status === "failed" && (
            <p class="notice danger" role="alert">
              <Icon name="alert" />
              {run.error.value.message}
            </p>
          )}
          <GraphView
            graph={run.graph}
            steps={run.steps}
            chosen={chosen.value}
            onChoose={(id) => {
              chosen.value = id === chosen.value ? undefined : id;
            }}
          />
          <Answer run={run} />
        </div>
        {step !== undefined && (
          <StepPanel
            key={step.id}
            run={run}
            step={step}
            onClose={() => {
              chosen.value = undefined;
            }}
          />
        )}
      </div>
      <p class="sr-only" role="status">
        {status === "waiting" ? "The run waits for an answer." : status === "completed" ? "The run is done." : ""}
      </p>
    </div>
  );
}

function RunHead({ run }: { run: LiveRun }) {
  const details = run.details.value;
  const status = run.status.value;
  return (
    <header class="page-head">
      <SidebarButton />
      <a class="icon-button" href={hrefOf("workflows")} aria-label="All workflows" title="All workflows">
        <Icon name="left" />
      </a>
      <h1>{details?.workflow ?? (run.name || "Run")}</h1>
      <StatusBadge status={status} />
      {run.connection.value === "reconnecting" && <span class="badge warning">reconnecting</span>}
      <span class="grow" />
      {(status === "running" || status === "waiting") && (
        <button type="button" class="button small danger" onClick={() => void run.cancel()}>
          <Icon name="stop" />
          Cancel
        </button>
      )}
      {status === "failed" && (
        <button type="button" class="button small" onClick={() => void run.resume()}>
          <Icon name="play" />
          Go on
        </button>
      )}
    </header>
  );
}

/** A step that begins to wait is opened: its question is what the run needs. */
function useWaiting(run: LiveRun, chosen: Signal<string | undefined>): void {
  const status = run.status.value;
  const asking = run.details.value?.questions[0]?.step.split(/[#/[]/, 1)[0];
  useEffect(() => {
    if (status === "waiting" && asking !== undefined) chosen.value = asking;
  }, [status, asking]);
}

function Answer({ run }: { run: LiveRun }) {
  const view = run.answer.value;
  const output = run.details.value?.output;
  const live = run.status.value === "running";
  const hasParts = view.parts.value.length > 0;
  if (!hasParts && (output === undefined || output === null)) return null;
  return (
    <section class="run-answer card" aria-label="Answer of the run" aria-busy={live}>
      <h2>Answer</h2>
      {hasParts ? <AnswerParts view={view} live={live} /> : <pre class="json">{JSON.stringify(output, null, 2)}</pre>}
    </section>
  );
}
