/**
 * A table of names that come from outside: unlike an object it has no inherited ones, such as `constructor`. A bundler
 * leaves it out where nobody reads it.
 */
/* @__NO_SIDE_EFFECTS__ */
export function lookup<Value>(entries: Readonly<Record<string, Value>>): ReadonlyMap<string, Value> {
  return new Map(Object.entries(entries));
}
