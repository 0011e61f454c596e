import type { JsonValue } from "../base/json.js";
import type { JsonPath } from "./json-path.js";

/** Types may contain themselves; paths are known this many steps down. */
type Fewer = [never, 0, 1, 2, 3];

/** The paths that lead to values of a kind inside a type, four steps down. Any path where the type says nothing. */
export type PathTo<T, Kind, Steps extends number = 4> = JsonValue extends T
  ? JsonPath
  : T extends Kind
    ? readonly [] | Deeper<T, Kind, Steps>
    : Deeper<T, Kind, Steps>;

type Deeper<T, Kind, Steps extends number> = [Fewer[Steps]] extends [never]
  ? never
  : T extends readonly (infer Element)[]
    ? readonly [number, ...PathTo<Element, Kind, Fewer[Steps]>]
    : T extends object
      ? { [Key in keyof T & string]: readonly [Key, ...PathTo<T[Key], Kind, Fewer[Steps]>] }[keyof T & string]
      : never;

/** The type at a path. */
export type ValueAt<T, Path extends JsonPath> = Path extends readonly [infer First, ...infer Rest extends JsonPath]
  ? T extends readonly (infer Element)[]
    ? First extends number
      ? ValueAt<Element, Rest>
      : never
    : T extends object
      ? First extends keyof T
        ? ValueAt<T[First], Rest>
        : never
      : never
  : T;

/** The type of the elements of the array at a path. */
export type ElementAt<T, Path extends JsonPath> =
  Extract<ValueAt<T, Path>, readonly unknown[]> extends readonly (infer E)[] ? E : never;
