/** Numbers that are always the same, so that a failure comes again: each from 0 up to, and without, what is asked for. */
export function seededNumbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    // The generator of Numerical Recipes.
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}
