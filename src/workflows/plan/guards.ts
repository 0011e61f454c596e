/** Of a step: for each router before it, the targets under which it runs. */
export type Guards = Map<number, Set<number>>;

/** Both must hold. Sources that exclude one another are alternatives, and say nothing together. */
export function narrow(guards: Guards, more: ReadonlyMap<number, ReadonlySet<number>>, several: boolean): void {
  for (const [router, targets] of more) {
    const known = guards.get(router);
    if (known === undefined) {
      guards.set(router, new Set(targets));
      continue;
    }
    const both = [...known].filter((target) => targets.has(target));
    if (both.length > 0) guards.set(router, new Set(both));
    else if (several) guards.set(router, new Set([...known, ...targets]));
  }
}

/** Either may hold. */
export function either(a: Guards, b: ReadonlyMap<number, ReadonlySet<number>>): Guards {
  const all = new Map<number, Set<number>>();
  for (const [router, targets] of a) {
    const others = b.get(router);
    if (others !== undefined) all.set(router, new Set([...targets, ...others]));
  }
  return all;
}
