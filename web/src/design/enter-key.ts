/**
 * Whether a key means "done": Enter, and not the one that ends the composition of a character (Chinese, Japanese, Korean).
 * Safari says that one after the composition, with the code 229 alone (https://www.w3.org/TR/uievents/#determine-keydown-keyup-keyCode).
 */
export function isEnter(event: KeyboardEvent): boolean {
  return event.key === "Enter" && !event.shiftKey && !isComposing(event);
}

/** Whether a key belongs to the composition of a character. */
export function isComposing(event: KeyboardEvent): boolean {
  return event.isComposing || event.keyCode === 229;
}
