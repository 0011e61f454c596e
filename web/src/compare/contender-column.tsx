import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { ModelList } from "../chat/model-picker.js";
import { AnswerParts } from "../chat/parts/answer-parts.js";
import { CopyButton } from "../design/copy-button.js";
import { duration, money } from "../design/format.js";
import { Icon } from "../design/icon.js";
import { Popover } from "../design/popover.js";
import type { Contender } from "./contender.js";

interface ContenderProps {
  contender: Contender;
  all: readonly Contender[];
  onAsk(): void;
  onRemove?: (() => void) | undefined;
}

/** One model: what it is, how it answers, its answer and how fast that was beside the others'. */
export function ContenderColumn({ contender, all, onAsk, onRemove }: ContenderProps) {
  const { streams, state, view } = contender;
  const name = contender.model.value;
  return (
    <section class="contender card" aria-label={name}>
      <ContenderHead contender={contender} onAsk={onAsk} onRemove={onRemove} />
      <label class="switch streams">
        <span>Streaming</span>
        <input
          type="checkbox"
          checked={streams.value}
          disabled={state.value === "running"}
          onChange={({ currentTarget }) => {
            streams.value = currentTarget.checked;
          }}
        />
      </label>
      <FigureBars contender={contender} all={all} />
      <ContenderAnswer contender={contender} />
      {state.value === "done" && (
        <footer>
          <CopyButton text={() => view.value.text} label={`Copy the answer of ${name}`} />
        </footer>
      )}
    </section>
  );
}

function ContenderHead({ contender, onAsk, onRemove }: Omit<ContenderProps, "all">) {
  const { model, state } = contender;
  const name = model.value;
  return (
    <header>
      <Popover
        label={`Model: ${name}`}
        class="model-button"
        button={
          <>
            <span class="grow">{name}</span>
            <Icon name="down" />
          </>
        }
      >
        {(close) => (
          <ModelList
            chosen={name}
            onChoose={(chosen) => {
              model.value = chosen;
              close();
            }}
          />
        )}
      </Popover>
      <span class="grow" />
      {state.value === "running" ? (
        <button
          type="button"
          class="icon-button"
          aria-label={`Stop ${name}`}
          title="Stop"
          onClick={() => contender.stop()}
        >
          <Icon name="stop" />
        </button>
      ) : (
        <button type="button" class="icon-button" aria-label={`Ask ${name} alone`} title="Ask it alone" onClick={onAsk}>
          <Icon name="retry" />
        </button>
      )}
      {onRemove !== undefined && (
        <button type="button" class="icon-button" aria-label={`Remove ${name}`} title="Remove" onClick={onRemove}>
          <Icon name="close" />
        </button>
      )}
    </header>
  );
}

function ContenderAnswer({ contender }: Pick<ContenderProps, "contender">) {
  const { model, state, view, error } = contender;
  return (
    <section
      class="contender-answer"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by keys.
      tabIndex={0}
      aria-label={`Answer of ${model.value}`}
      aria-busy={state.value === "running"}
    >
      {state.value === "idle" ? (
        <p class="table-note">It answers here.</p>
      ) : (
        <AnswerParts view={view.value} live={state.value === "running"} />
      )}
      {state.value === "stopped" && <p class="note info">Stopped.</p>}
      {error.value !== undefined && (
        <p class="notice danger" role="alert">
          <Icon name="alert" />
          <span>
            <b>{error.value.code}</b> {error.value.message}
          </span>
        </p>
      )}
    </section>
  );
}

function FigureBars({ contender, all }: Pick<ContenderProps, "contender" | "all">) {
  const { figures, state, streams } = contender;
  const elapsed = useElapsed(state.value === "running");
  const { ttftMs, totalMs = elapsed, usage, costUsd } = figures.value;
  const answered = all.filter((one) => one.state.value === "done");
  const bestFirst = Math.min(...answered.map((one) => one.figures.value.ttftMs ?? Number.POSITIVE_INFINITY));
  const bestTotal = Math.min(...answered.map((one) => one.figures.value.totalMs ?? Number.POSITIVE_INFINITY));
  const longest = Math.max(1, ...all.map((one) => one.figures.value.totalMs ?? 0), totalMs ?? 0);
  const tokens = usage?.outputTokens;
  const seconds = ((figures.value.totalMs ?? 0) - (streams.value ? (ttftMs ?? 0) : 0)) / 1_000;
  const several = answered.length > 1 && state.value === "done";
  return (
    <dl class="figure-bars">
      <Bar name="First token" ms={ttftMs} longest={longest} best={several && ttftMs === bestFirst} />
      <Bar name="Whole answer" ms={totalMs} longest={longest} best={several && totalMs === bestTotal} />
      <div class="plain">
        <dt class="sr-only">Tokens, speed and cost</dt>
        <dd>
          {tokens === undefined ? "– tokens" : `${tokens.toLocaleString("en")} tokens`}
          {tokens !== undefined && seconds > 0.05 && ` · ${Math.round(tokens / seconds)} tokens/s`}
          {costUsd !== undefined && ` · ${money(costUsd)}`}
        </dd>
      </div>
    </dl>
  );
}

function Bar({ name, ms, longest, best }: { name: string; ms: number | undefined; longest: number; best: boolean }) {
  return (
    <div class={best ? "best" : undefined}>
      <dt>{name}</dt>
      <dd>
        <svg viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true">
          <rect width={ms === undefined ? 0 : Math.max(1, (100 * ms) / longest)} height="6" rx="1" />
        </svg>
        <span>{duration(ms)}</span>
        {best && <span class="badge success">fastest</span>}
      </dd>
    </div>
  );
}

/** Ms since it began, a few times a second, while it goes on. */
function useElapsed(going: boolean): number | undefined {
  const elapsed = useSignal<number | undefined>(undefined);
  useEffect(() => {
    if (!going) return;
    const began = performance.now();
    const timer = setInterval(() => {
      elapsed.value = performance.now() - began;
    }, 200);
    return () => {
      clearInterval(timer);
      elapsed.value = undefined;
    };
  }, [going]);
  return elapsed.value;
}
