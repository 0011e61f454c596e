import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";
import { Icon, type IconName } from "../../design/icon.js";

interface FoldProps {
  icon: IconName;
  title: ComponentChildren;
  /** At the right of the title. */
  status?: ComponentChildren;
  /** Whether it is open before anybody has opened or closed it. */
  open?: boolean;
  class?: string;
  children: ComponentChildren;
}

/** A line that opens to what it is about. What is folded is not made. */
export function Fold({ icon, title, status, open = false, class: name = "", children }: FoldProps) {
  const chosen = useSignal<boolean | undefined>(undefined);
  const id = useId();
  const opened = chosen.value ?? open;
  const toggle = () => {
    chosen.value = !opened;
  };
  return (
    <div class={`fold ${name}`} data-open={opened}>
      <button type="button" class="fold-head" aria-expanded={opened} aria-controls={id} onClick={toggle}>
        <Icon name={icon} />
        <span class="fold-title">{title}</span>
        {status}
        <span class="fold-mark">
          <Icon name="down" />
        </span>
      </button>
      <div id={id} class="fold-body" hidden={!opened}>
        {opened && children}
      </div>
    </div>
  );
}
