/** What came from a keyboard: text, a paste, or a key that is not text. */
export type Key =
  | { type: "text"; text: string }
  /** A line end in it is `\n`. */
  | { type: "paste"; text: string }
  | { type: "key"; name: string; ctrl: boolean; alt: boolean; shift: boolean };

/** A key that is not text. @param name a letter for Ctrl and Alt, else `enter`, `up`, `home` and the like. */
export function pressed(name: string, modifiers: { ctrl?: boolean; alt?: boolean; shift?: boolean } = {}): Key {
  const { ctrl = false, alt = false, shift = false } = modifiers;
  return { type: "key", name, ctrl, alt, shift };
}

/** `C-c`, `A-enter`, `S-enter`, `up`: the names that bindings use. */
export function chordOf(key: Key): string {
  if (key.type !== "key") return key.type;
  return `${key.ctrl ? "C-" : ""}${key.alt ? "A-" : ""}${key.shift ? "S-" : ""}${key.name}`;
}
