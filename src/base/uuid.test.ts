import { afterEach, expect, test, vi } from "vitest";
import { uuid } from "./uuid.js";

afterEach(() => vi.unstubAllGlobals());

const VERSION_4 = /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/;

test("is of version 4, and another each time", () => {
  expect(uuid()).toMatch(VERSION_4);
  expect(uuid()).not.toBe(uuid());
});

test("is so where a page over plain HTTP has no `randomUUID`", () => {
  const real = globalThis.crypto;
  vi.stubGlobal("crypto", { getRandomValues: (bytes: Uint8Array<ArrayBuffer>) => real.getRandomValues(bytes) });
  const ids = Array.from({ length: 1_000 }, uuid);
  for (const id of ids) expect(id).toMatch(VERSION_4);
  expect(new Set(ids).size).toBe(ids.length);
});
