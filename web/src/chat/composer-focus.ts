/** Puts the cursor where one writes. */
export function focusComposer(): void {
  document.getElementById("composer")?.focus();
}
