import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { LiveAnswer } from "../conversation/live-answer.js";

/** How fast an answer was, what it used, and what it cost. */
export function Figures({ answer }: { answer: LiveAnswer }) {
  const { ttftMs, durationMs, usage } = answer.figures.value;
  const usd = useSignal<number | undefined>(undefined);
  useEffect(() => {
    if (usage?.outputTokens === undefined) return;
    void import("../price/price-of.js").then(({ priceOf }) => {
      const { model, legs } = answer.record;
      usd.value = priceOf(
        model,
        legs.flatMap(({ events }) => events),
      );
    });
  }, [usage, answer, usd]);
  const seconds = ttftMs === undefined || durationMs === undefined ? 0 : (durationMs - ttftMs) / 1_000;
  const tokens = usage?.outputTokens;
  const parts = [
    ttftMs !== undefined && { name: "Time to the first token", text: duration(ttftMs) },
    tokens !== undefined && seconds > 0.05 && { name: "Speed", text: `${Math.round(tokens / seconds)} tokens/s` },
    tokens !== undefined && {
      name: `${usage?.inputTokens ?? "?"} tokens in, ${tokens} out`,
      text: `${tokens.toLocaleString("en")} tokens`,
    },
    usd.value !== undefined && { name: "Cost, by list prices", text: money(usd.value) },
  ].filter((part) => part !== false);
  if (parts.length === 0) return null;
  return (
    <dl class="figures">
      {parts.map(({ name, text }) => (
        <div key={name} title={name}>
          <dt class="sr-only">{name}</dt>
          <dd>{text}</dd>
        </div>
      ))}
    </dl>
  );
}

function duration(ms: number): string {
  return ms < 1_000 ? `${Math.round(ms)} ms` : `${(ms / 1_000).toFixed(1)} s`;
}

function money(usd: number): string {
  if (usd === 0) return "$0";
  return usd < 0.01 ? `$${usd.toPrecision(2)}` : `$${usd.toFixed(2)}`;
}
