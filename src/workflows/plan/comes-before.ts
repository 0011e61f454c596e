/** Whether one step comes before another, directly or through others. @param sources the steps that come directly before one. */
export function comesBefore(earlier: number, later: number, sources: (step: number) => Iterable<number>): boolean {
  const seen = new Set<number>();
  const queue = [later];
  for (let at = queue.pop(); at !== undefined; at = queue.pop()) {
    if (at === earlier) return true;
    if (seen.has(at)) continue;
    seen.add(at);
    queue.push(...sources(at));
  }
  return false;
}
