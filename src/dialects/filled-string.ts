/** A string that says something; `undefined` for an empty one and for any other value. */
export function filledString(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}
