import type { ComponentChildren } from "preact";
import { useEffect, useId, useRef } from "preact/hooks";

interface PopoverProps {
  /** The name of the button. */
  label: string;
  /** What the button shows. */
  button: ComponentChildren;
  /** The button's class. */
  class?: string;
  /** Which edge of the button the panel stands at. */
  align?: "start" | "end";
  /** What is in it; it is made when it is opened, and is given how to close it. */
  children(close: () => void): ComponentChildren;
  /** It was opened, or closed. */
  onToggle?(open: boolean): void;
  open?: boolean | undefined;
}

/** A button and a panel over the page, which closes with Escape and with a click outside. */
export function Popover({
  label,
  button,
  class: name = "button",
  align = "start",
  children,
  onToggle,
  open,
}: PopoverProps) {
  const id = useId();
  const opener = useRef<HTMLButtonElement>(null);
  const panel = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (open && panel.current?.matches(":popover-open") === false) panel.current.showPopover();
  }, [open]);
  const close = () => panel.current?.hidePopover();
  const toggled = ({ newState }: { newState: string }) => {
    const opened = newState === "open";
    if (opened && opener.current !== null && panel.current !== null) place(opener.current, panel.current, align);
    onToggle?.(opened);
  };
  return (
    <>
      <button
        ref={opener}
        type="button"
        class={name}
        aria-label={label}
        aria-haspopup="dialog"
        title={label}
        popovertarget={id}
      >
        {button}
      </button>
      <div ref={panel} id={id} popover="auto" class="popover" onBeforeToggle={toggled} onToggle={toggled}>
        {children(close)}
      </div>
    </>
  );
}

const GAP = 6;

/** Below its button where there is room, else above; never out of the window. */
function place(button: HTMLElement, panel: HTMLElement, align: "start" | "end"): void {
  const at = button.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = panel;
  const left = align === "start" ? at.left : at.right - width;
  const below = at.bottom + GAP;
  const top = below + height > innerHeight - GAP && at.top - GAP - height > GAP ? at.top - GAP - height : below;
  panel.style.left = `${Math.max(GAP, Math.min(left, innerWidth - width - GAP))}px`;
  panel.style.top = `${Math.max(GAP, top)}px`;
}
