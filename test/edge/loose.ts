/** Takes anything: what a program in JavaScript may hand in. */
export type Loose = (...values: unknown[]) => unknown;

/** A function of the package, without its types. */
export const loose = (door: unknown): Loose => door as Loose;

/** What makes one of a class, without its types. @param before what is given before that. */
export const make =
  (door: unknown, ...before: unknown[]): Loose =>
  (...values) =>
    Reflect.construct(door as new () => object, [...before, ...values]);

/** What takes an object of options. */
export type TakesOptions = (options: object) => unknown;
