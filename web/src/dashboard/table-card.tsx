import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";

/** A table with a title, in a card. Where it is too wide it scrolls by itself. */
export function TableCard({ title, children }: { title: string; children: ComponentChildren }) {
  const id = useId();
  return (
    <div class="table-card card">
      <h2 id={id}>{title}</h2>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by keys. */}
      <section class="table-scroll" tabIndex={0} aria-labelledby={id}>
        {children}
      </section>
    </div>
  );
}
