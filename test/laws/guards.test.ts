import { budget } from "../../src/guards/budget/budget.js";
import { type CheckedText, defineGuard } from "../../src/guards/checked/define-guard.js";
import { type Guard, guard } from "../../src/guards/guard.js";
import { pii } from "../../src/guards/pii/pii.js";
import { scrubStage } from "../../src/guards/pii/scrub-text.js";
import { echo } from "../../src/models/echo.js";
import type { ChatStream } from "../../src/stream/chat-stream.js";
import { modelLaws } from "./model-laws.js";
import { stageLaws, streamLaws } from "./stage-laws.js";

const fast = { tokensPerSecond: Number.POSITIVE_INFINITY };
const request = { messages: [{ role: "user" as const, content: "x" }] };

/** A stream behind a guard. */
const behind = (make: () => Guard) => (stream: ChatStream) => {
  return guard({ id: "m", stream: () => stream }, make()).stream(request);
};

const watching = () =>
  defineGuard({ name: "watching", check: () => undefined, channels: ["text", "reasoning", "tool-call"] });
const shouting = () =>
  defineGuard({
    name: "shouting",
    unit: { chars: 7 },
    directions: ["output"],
    check: async ({ text }: CheckedText) => ({ action: "replace", text: text.toUpperCase() }),
  });

stageLaws("a scrubbing stage", () => scrubStage(), { lossless: false });
streamLaws(
  "a stream behind a reversible PII guard",
  behind(() => pii({ reversible: true })),
  { lossless: false },
);
streamLaws(
  "a stream behind a budget that is large enough",
  behind(() => budget({ maxOutputTokens: 1e9 })),
);
streamLaws("a stream behind a guard that lets all pass", behind(watching));
streamLaws("a stream behind a guard that replaces all, later", behind(shouting), { lossless: false });

modelLaws("a model behind a PII guard", () => ({ model: guard(echo(fast), pii()) }));
modelLaws("a model behind a reversible PII guard", () => ({ model: guard(echo(fast), pii({ reversible: true })) }));
modelLaws("a model behind a budget that ends it", () => ({ model: guard(echo(fast), budget({ maxOutputTokens: 2 })) }));
modelLaws("a model behind a guard of one's own", () => ({ model: guard(echo(fast), watching()) }));
modelLaws("a model behind a guard that blocks", () => {
  const check = ({ text }: CheckedText) =>
    text.includes("words") ? { action: "block" as const, reason: "no words" } : undefined;
  const blocking = defineGuard({ name: "blocking", unit: { chars: 4 }, directions: ["output"], check });
  return { model: guard(echo(fast), blocking) };
});
