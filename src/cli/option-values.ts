import { InvalidArgumentError } from "commander";

/** Reads an option that may be given several times. */
export function listed(value: string, before: readonly string[] = []): string[] {
  return [...before, value];
}

/** A number of any kind. @throws {InvalidArgumentError} for anything else. */
export function number(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || Number.isNaN(value)) throw new InvalidArgumentError("not a number");
  return value;
}

/** A time in seconds. @throws {InvalidArgumentError} for anything but a number above 0. */
export function seconds(text: string): number {
  const value = number(text);
  if (!(value > 0)) throw new InvalidArgumentError("not a number above 0");
  return value;
}

/** How many. @throws {InvalidArgumentError} for anything but a whole number of at least 1. */
export function count(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1) throw new InvalidArgumentError("not a whole number of at least 1");
  return value;
}
