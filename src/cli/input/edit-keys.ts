import type { Draft } from "./draft.js";

/** Keys that change a draft, by their chord, in the way of Emacs and of every shell. */
export class EditKeys {
  /** What was removed last in one piece: Ctrl-Y puts it back. */
  #removed = "";
  readonly #actions: Readonly<Record<string, (draft: Draft) => void>> = {
    left: (draft) => draft.moveTo(draft.left),
    right: (draft) => draft.moveTo(draft.right),
    home: (draft) => draft.moveTo(draft.lineStart),
    end: (draft) => draft.moveTo(draft.lineEnd),
    "C-home": (draft) => draft.moveTo(0),
    "C-end": (draft) => draft.moveTo(draft.text.length),
    "C-left": (draft) => draft.moveTo(draft.wordStart),
    "C-right": (draft) => draft.moveTo(draft.wordEnd),
    backspace: (draft) => void draft.replace(draft.typedLeft, draft.cursor, ""),
    delete: (draft) => this.#deleteRight(draft),
    "C-w": (draft) => this.#remove(draft, draft.blankStart, draft.cursor),
    "A-backspace": (draft) => this.#remove(draft, draft.wordStart, draft.cursor),
    "A-d": (draft) => this.#remove(draft, draft.cursor, draft.wordEnd),
    "C-u": (draft) => this.#remove(draft, draft.lineStart, draft.cursor),
    "C-k": (draft) => this.#remove(draft, draft.cursor, draft.lineEnd),
    "C-y": (draft) => draft.insert(this.#removed),
    "A-enter": (draft) => draft.insert("\n"),
    "S-enter": (draft) => draft.insert("\n"),
    "C-enter": (draft) => draft.insert("\n"),
    "C-A-j": (draft) => draft.insert("\n"),
  };

  /** Does what a key is for. @returns `false` for a key that changes nothing. */
  apply(chord: string, draft: Draft): boolean {
    const action = this.#actions[SAME[chord] ?? chord];
    action?.(draft);
    return action !== undefined;
  }

  /** Removes all of it; Ctrl-Y puts it back. */
  clear(draft: Draft): void {
    this.#remove(draft, 0, draft.text.length);
  }

  #deleteRight(draft: Draft): void {
    const at = draft.cursor;
    draft.replace(at, draft.right, "");
  }

  #remove(draft: Draft, from: number, to: number): void {
    if (to > from) this.#removed = draft.replace(from, to, "");
  }
}

/** Other names of keys. */
const SAME: Readonly<Record<string, string>> = {
  "C-b": "left",
  "C-f": "right",
  "C-a": "home",
  "C-e": "end",
  "C-d": "delete",
  "A-b": "C-left",
  "A-left": "C-left",
  "A-f": "C-right",
  "A-right": "C-right",
  "C-backspace": "C-w",
  "C-delete": "A-d",
  "A-delete": "A-d",
  "S-backspace": "backspace",
};
