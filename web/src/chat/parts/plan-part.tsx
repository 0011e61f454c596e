import type { PlanPartView } from "../../answer/part.js";
import { Icon } from "../../design/icon.js";

/** What an agent is going to do, and how far it is. */
export function PlanPart({ part }: { part: PlanPartView }) {
  return (
    <ul class="plan" aria-label="Plan">
      {part.items.value.map(({ text, status }) => (
        <li key={text} data-status={status}>
          <Icon name={status === "done" ? "check" : status === "running" ? "play" : "clock"} />
          <span>{text}</span>
          <span class="sr-only">{status}</span>
        </li>
      ))}
    </ul>
  );
}
