/** A secret with at most its first and last two characters left, and those only of one with at least 16. */
export function maskSecret(secret: string): string {
  return secret.length < 16 ? "…" : `${secret.slice(0, 2)}…${secret.slice(-2)}`;
}
