import { type Signal, useSignal } from "@preact/signals";
import type { RunSummary } from "../../../src/server/monitoring/watched-run.js";
import { count, duration, money, timeOfDay } from "../design/format.js";
import type { LiveState } from "./live-monitor.js";
import { RunDialog } from "./run-dialog.js";

const LISTS = [
  { key: "running", title: "Running", none: "Nothing is running." },
  { key: "slowest", title: "Slowest", none: "No run has ended in the last five minutes." },
  { key: "failed", title: "Failed", none: "No run has failed." },
] as const;

/** Rows that are shown at first. */
const FIRST = 6;

/** Runs that go on, those that were slow and those that failed; each opens with what happened in it. */
export function RunLists({ state, opened }: { state: LiveState; opened: Signal<string | undefined> }) {
  const chosen = useSignal<(typeof LISTS)[number]["key"]>("slowest");
  const list = LISTS.find(({ key }) => key === chosen.value) ?? LISTS[0];
  const rows = state[list.key];
  const all = useSignal(false);
  const shown = all.value ? rows : rows.slice(0, FIRST);
  return (
    <section class="run-lists card" aria-label="Runs">
      <fieldset class="tabs">
        <legend class="sr-only">Which runs</legend>
        {LISTS.map(({ key, title }) => (
          <button
            key={key}
            type="button"
            class="tab"
            aria-pressed={key === chosen.value}
            onClick={() => {
              chosen.value = key;
            }}
          >
            {title}
            <span class="badge">{state[key].length}</span>
          </button>
        ))}
      </fieldset>
      {rows.length === 0 ? (
        <p class="table-note">{list.none}</p>
      ) : (
        <ul class="run-rows">
          {shown.map((run) => (
            <RunRow
              key={run.run}
              run={run}
              onOpen={() => {
                opened.value = run.run;
              }}
            />
          ))}
        </ul>
      )}
      {rows.length > FIRST && (
        <button
          type="button"
          class="button small"
          aria-expanded={all.value}
          onClick={() => {
            all.value = !all.value;
          }}
        >
          {all.value ? "Show fewer" : `Show all ${rows.length}`}
        </button>
      )}
      <RunDialog
        run={opened.value}
        onClose={() => {
          opened.value = undefined;
        }}
      />
    </section>
  );
}

function RunRow({ run, onOpen }: { run: RunSummary; onOpen(): void }) {
  const { model, caller, protocol, startedAt, durationMs, ttftMs, outputTokens = 0, costUsd, error } = run;
  return (
    <li>
      <button type="button" class="run-row" onClick={onOpen}>
        <span class="run-what">
          <b>{model}</b>
          <small>
            {caller} · {protocol} · {timeOfDay(startedAt)}
          </small>
        </span>
        {error !== undefined && <span class="badge danger">{error.code}</span>}
        <span class="run-figures">
          <span>
            <small>first</small> {duration(ttftMs)}
          </span>
          <span>
            <small>whole</small> {duration(durationMs)}
          </span>
          <span class="wide">
            <small>tokens</small> {count(outputTokens)}
          </span>
          <span class="wide">
            <small>cost</small> {costUsd === undefined ? "–" : money(costUsd)}
          </span>
        </span>
      </button>
    </li>
  );
}
