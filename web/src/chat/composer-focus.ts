import { focusAfter } from "../design/focus-after.js";

/** Whether there are keys: on a telephone the focus would open the keyboard on the screen. */
const KEYS = matchMedia("(pointer: fine)");

/** Puts the cursor where one writes. */
export function focusComposer(): void {
  composer()?.focus();
}

/** The same once what had the focus is gone, where there are keys. */
export function focusComposerAfter(): void {
  if (KEYS.matches) focusAfter(composer);
}

function composer(): HTMLElement | null {
  return document.getElementById("composer");
}
