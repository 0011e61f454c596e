import { type Signal, signal } from "@preact/signals";

/** A text that is kept in this browser. */
export interface KeptText {
  /** "" where there is none. */
  readonly text: Signal<string>;
  /** Keeps another text in its place; "" keeps none. */
  keep(text: string): void;
}

/** The text that is kept under a name. What another tab keeps is seen in this one. */
export function keptText(name: string): KeptText {
  const text = signal(read("localStorage", name) ?? "");
  addEventListener("storage", ({ key, newValue }) => {
    // Without a key everything was removed.
    if (key === name || key === null) text.value = newValue ?? "";
  });
  return {
    text,
    keep(kept) {
      text.value = kept;
      write("localStorage", name, kept);
    },
  };
}

/**
 * A text of this tab alone, for example of a chat that is not begun: tabs that are open do not disturb each other. A reload finds it
 * again; a tab that is new begins with what was last written in any tab, so that nothing is lost with a browser that is closed.
 */
export function tabText(name: string): KeptText {
  const text = signal(read("sessionStorage", name) ?? read("localStorage", name) ?? "");
  return {
    text,
    keep(kept) {
      // What another tab has written since stays, where this one has nothing more to keep.
      if (kept !== "" || read("localStorage", name) === text.value) write("localStorage", name, kept);
      text.value = kept;
      // Empty and not removed: this tab is not new.
      attempt(() => sessionStorage.setItem(name, kept));
    },
  };
}

function read(where: "localStorage" | "sessionStorage", name: string): string | undefined {
  return attempt(() => window[where].getItem(name) ?? undefined);
}

function write(where: "localStorage" | "sessionStorage", name: string, text: string): void {
  attempt(() => (text === "" ? window[where].removeItem(name) : window[where].setItem(name, text)));
}

/** A browser may have no room, or refuse to keep anything for a page within another: then it is kept for as long as the page is there. */
function attempt<T>(run: () => T): T | undefined {
  try {
    return run();
  } catch {
    return undefined;
  }
}
