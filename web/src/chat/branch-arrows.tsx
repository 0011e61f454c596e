import type { OpenConversation } from "../conversation/conversation.js";
import { focusAfter } from "../design/focus-after.js";
import { Icon } from "../design/icon.js";
import type { TurnRecord } from "../store/records.js";

/** Goes from one version of a turn to the next; nothing where there is one. */
export function BranchArrows({ conversation, turn }: { conversation: OpenConversation; turn: TurnRecord }) {
  const { index, count } = conversation.place(turn);
  if (count < 2) return null;
  // Versions have one parent, and one of them is shown.
  const id = `versions-${turn.parent ?? "first"}`;
  const go = (by: 1 | -1) => {
    conversation.switchBranch(turn, by);
    focusAfter(() => {
      const arrows = [...(document.getElementById(id)?.querySelectorAll("button") ?? [])].filter(
        (one) => !one.disabled,
      );
      return by === 1 ? arrows.at(-1) : arrows[0];
    });
  };
  const arrow = (by: 1 | -1) => (
    <button
      type="button"
      class="icon-button small"
      aria-label={by === 1 ? "Next version" : "Version before"}
      disabled={by === 1 ? index === count - 1 : index === 0}
      onClick={() => go(by)}
    >
      <Icon name={by === 1 ? "right" : "left"} />
    </button>
  );
  return (
    <fieldset id={id} class="branches" aria-label="Versions">
      {arrow(-1)}
      <span>
        {index + 1}/{count}
      </span>
      {arrow(1)}
    </fieldset>
  );
}
