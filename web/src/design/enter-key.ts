/**
 * Whether a key means "done": Enter, and not the one that ends the composition of a character (Chinese, Japanese, Korean).
 * Safari says that one after the composition, with the code 229 alone (https://www.w3.org/TR/uievents/#determine-keydown-keyup-keyCode).
 */
export function isEnter(event: KeyboardEvent): boolean {
  return event.key === "Enter" && !event.shiftKey && !isComposing(event);
}

/**
 * Whether Enter sends what is written, as beside a keyboard with a Shift key for a new line. A telephone's has none: there Enter is
 * a new line, and a button sends; so do Control and Command with Enter, everywhere.
 */
export function sends(event: KeyboardEvent): boolean {
  return isEnter(event) && (!isOnScreen() || event.ctrlKey || event.metaKey);
}

/** Whether the keyboard is on the screen, as far as a page can know. */
function isOnScreen(): boolean {
  return matchMedia("(hover: none) and (pointer: coarse)").matches;
}

/** Whether a key belongs to the composition of a character. */
export function isComposing(event: KeyboardEvent): boolean {
  return event.isComposing || event.keyCode === 229;
}
