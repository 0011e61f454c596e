import type { ReasoningPartView } from "../../answer/part.js";
import { Markdown } from "../../markdown/markdown.js";
import { Fold } from "./fold.js";

/** What the model thought: a line, which opens to all of it. */
export function ReasoningPart({ part }: { part: ReasoningPartView }) {
  const going = part.going.value;
  return (
    <Fold
      icon="think"
      class={going ? "reasoning going" : "reasoning"}
      title={going ? "Thinking" : thoughtFor(part.tookMs.value)}
    >
      <Markdown segments={part.text.segments} live={going} />
    </Fold>
  );
}

function thoughtFor(ms: number | undefined): string {
  // Of a kept answer nobody knows: its events came at once.
  if (ms === undefined || ms < 100) return "Thought";
  return ms < 10_000 ? `Thought for ${(ms / 1_000).toFixed(1)} s` : `Thought for ${Math.round(ms / 1_000)} s`;
}
