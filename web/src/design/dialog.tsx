import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";

interface DialogProps {
  open: boolean;
  label: string;
  class?: string;
  onClose(): void;
  children: ComponentChildren;
}

/** A dialog over the page; the rest of the page waits. Escape and a click beside it close it. */
export function Dialog({ open, label, class: name = "", onClose, children }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const { current } = dialog;
    if (current === null) return;
    if (open && !current.open) current.showModal();
    if (!open && current.open) current.close();
  }, [open]);
  const beside = (event: MouseEvent) => {
    if (event.target === dialog.current) onClose();
  };
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Escape closes it, which the browser sees to.
    <dialog ref={dialog} class={`dialog ${name}`} aria-label={label} onClose={onClose} onClick={beside}>
      {open && children}
    </dialog>
  );
}
