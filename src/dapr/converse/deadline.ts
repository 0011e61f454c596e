/** The longest time that fits into the header of a deadline in ms: eight digits. */
const LONGEST_MS = 99_999_999;

/** What is left of a call's time, as the deadline for a gRPC server; `undefined` if the call has no limit, or a longer one. */
export function deadline(leftMs: number | undefined): { timeoutMs?: number } {
  if (leftMs === undefined || leftMs > LONGEST_MS) return {};
  return { timeoutMs: Math.max(1, Math.ceil(leftMs)) };
}
