import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { isJsonObject, type JsonObject, type JsonValue } from "../../../src/base/json.js";
import { SluiceError } from "../../../src/stream/error.js";
import { AnswerParts } from "../chat/parts/answer-parts.js";
import { duration } from "../design/format.js";
import { Icon } from "../design/icon.js";
import { SchemaForm } from "../form/schema-form.js";
import { DecisionForm, decisionsIn } from "./decision-form.js";
import type { LiveRun } from "./live-run.js";
import type { StepView } from "./step-view.js";

interface StepPanelProps {
  run: LiveRun;
  step: StepView;
  onClose(): void;
}

/** One step of a run: what it was given, what it streamed in each attempt, what it made, and its question where it waits. */
export function StepPanel({ run, step, onClose }: StepPanelProps) {
  const details = run.details.value;
  const state = step.state.value;
  useEffect(() => void run.refresh().catch(() => {}), [run, step, state]);
  const type = run.graph.nodes.find(({ id }) => id === step.id)?.type ?? "";
  const given = details?.given?.[step.id];
  const made = run.resultOf(step.id);
  const over = run.status.value !== "running";
  return (
    <section class="step-panel" aria-label={`Step ${step.id}`}>
      <header>
        <div>
          <h2>{step.id}</h2>
          <small>
            {type}
            {step.elapsedMs.value !== undefined && ` · ${duration(step.elapsedMs.value)}`}
            {step.attempts.value > 1 && ` · ${step.attempts.value} attempts`}
          </small>
        </div>
        <button type="button" class="icon-button" aria-label="Close" onClick={onClose}>
          <Icon name="close" />
        </button>
      </header>
      <Questions run={run} step={step} />
      {step.notes.value.map((text, index) => (
        <p key={index} class={`notice ${state === "failed" ? "danger" : "warning"}`}>
          <Icon name="alert" />
          {text}
        </p>
      ))}
      {given !== undefined && state !== "waiting" && Object.keys(given).length > 0 && (
        <Values title="Given" values={given} />
      )}
      {step.streams.value.map(({ from, attempt, view }) => (
        <section key={`${from} ${attempt}`} class="stream-part">
          <h3>
            {from === step.id ? "Says" : from}
            {attempt > 1 && <span class="badge warning">attempt {attempt}</span>}
          </h3>
          <AnswerParts view={view} live={state === "running"} />
        </section>
      ))}
      {made !== undefined && <Made values={made} isStreamed={step.streams.value.length > 0} />}
      {over && (state === "completed" || state === "failed" || state === "waiting") && (
        <button type="button" class="button small" onClick={() => void run.rerun(step.id)}>
          <Icon name="retry" />
          Run again from here
        </button>
      )}
    </section>
  );
}

function Questions({ run, step }: { run: LiveRun; step: StepView }) {
  const problem = useSignal("");
  const open = run.details.value?.questions.filter((one) => one.step.split(/[#/[]/, 1)[0] === step.id) ?? [];
  if (step.state.value !== "waiting") return null;
  return (
    <>
      {open.map(({ id, message, schema, shown, until }) => (
        <section key={id} class="question card">
          <h3>
            <Icon name="question" />
            {message}
          </h3>
          {shown !== undefined && <Values values={shown} />}
          {until !== undefined && <small>An answer is taken until {new Date(until).toLocaleString()}.</small>}
          <Ask
            schema={schema}
            onAnswer={(value) => {
              problem.value = "";
              run.respond(id, value).catch((thrown: unknown) => {
                problem.value = SluiceError.from(thrown).message;
              });
            }}
          />
          {problem.value !== "" && (
            <p class="notice danger" role="alert">
              {problem.value}
            </p>
          )}
        </section>
      ))}
    </>
  );
}

function Ask({ schema, onAnswer }: { schema: JsonObject; onAnswer(answer: JsonValue): void }) {
  const decisions = decisionsIn(schema);
  if (decisions !== undefined) return <DecisionForm decisions={decisions} onAnswer={onAnswer} />;
  return <SchemaForm schema={schema} onAnswer={onAnswer} />;
}

/** What a step made: its first result, and the others folded. Its text is not shown twice. */
function Made({ values, isStreamed }: { values: JsonObject; isStreamed: boolean }) {
  const shown = Object.entries(values).filter(([, value]) => value !== null && value !== "");
  const first = isStreamed ? [] : shown.slice(0, 1);
  const rest = shown.slice(first.length);
  return (
    <>
      {first.length > 0 && <Values title="Made" values={Object.fromEntries(first)} />}
      {rest.length > 0 && (
        <details class="made">
          <summary>{isStreamed ? "Everything it made" : `${rest.length} more results`}</summary>
          <Values values={Object.fromEntries(rest)} />
        </details>
      )}
    </>
  );
}

/** Named values; texts as they are, others as JSON. */
function Values({ title, values }: { title?: string; values: JsonObject }) {
  const shown = Object.entries(values).filter(([, value]) => value !== null && value !== "");
  if (shown.length === 0) return null;
  return (
    <section class="values">
      {title !== undefined && <h3>{title}</h3>}
      <dl>
        {shown.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>
              <Value value={value} />
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

/** Longer values are folded, in characters. */
const LONG = 600;

function Value({ value }: { value: JsonValue }) {
  const text =
    typeof value === "string"
      ? value
      : JSON.stringify(value, null, isJsonObject(value) || Array.isArray(value) ? 2 : 0);
  const block = <pre class={typeof value === "string" ? "text" : "json"}>{text}</pre>;
  if (text.length <= LONG) return block;
  return (
    <details>
      <summary>{text.length.toLocaleString("en")} characters</summary>
      {block}
    </details>
  );
}
