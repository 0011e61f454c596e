import type { RunStatus } from "../../../src/workflows/engines/engine.js";

const TONES = {
  running: { tone: "info", text: "running" },
  waiting: { tone: "warning", text: "waits for an answer" },
  completed: { tone: "success", text: "done" },
  failed: { tone: "danger", text: "failed" },
  cancelled: { tone: "", text: "cancelled" },
} as const;

/** How a run stands. */
export function StatusBadge({ status }: { status: RunStatus }) {
  const { tone, text } = TONES[status];
  return <span class={`badge ${tone}`}>{text}</span>;
}
