/**
 * A circle among things that have sources, from its first one on; `undefined` if there is none.
 *
 * @param sources what each one comes after.
 */
export function circleOf(count: number, sources: (index: number) => Iterable<number>): number[] | undefined {
  const state = new Uint8Array(count);
  for (let index = 0; index < count; index++) {
    const found = circleFrom(index, state, sources);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Depth first without recursion: a chain may be as long as the workflow. */
function circleFrom(
  start: number,
  state: Uint8Array,
  sources: (index: number) => Iterable<number>,
): number[] | undefined {
  if (state[start] !== 0) return undefined;
  const path = [start];
  const pending = [[...sources(start)]];
  state[start] = 1;
  while (path.length > 0) {
    const next = pending.at(-1)?.pop();
    if (next === undefined) {
      state[path.pop() ?? 0] = 2;
      pending.pop();
    } else if (state[next] === 1) {
      return fromFirst(path.slice(path.indexOf(next)).reverse());
    } else if (state[next] === 0) {
      state[next] = 1;
      path.push(next);
      pending.push([...sources(next)]);
    }
  }
  return undefined;
}

function fromFirst(circle: readonly number[]): number[] {
  const first = circle.indexOf(Math.min(...circle));
  return [...circle.slice(first), ...circle.slice(0, first)];
}
