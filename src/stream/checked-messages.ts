/** Messages that Sluice made itself, and that a loop sends again with each of its model calls. */
const checked = new WeakSet<object>();

/** Marks messages as valid and immutable: they are not checked again in the next request. */
export function markChecked(messages: readonly object[]): void {
  for (const message of messages) checked.add(message);
}

/** Whether a message was marked. */
export function isChecked(message: unknown): boolean {
  return typeof message === "object" && message !== null && checked.has(message);
}
