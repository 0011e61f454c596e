import fc from "fast-check";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { chordOf, type Key } from "./key.js";
import { KeyReader } from "./key-reader.js";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Keys as texts; texts that follow on each other are one. */
function shown(keys: readonly Key[]): string[] {
  const out: string[] = [];
  for (const key of keys) {
    if (key.type === "key") out.push(`<${chordOf(key)}>`);
    else if (key.type === "paste") out.push(`paste:${key.text}`);
    else if (out.at(-1)?.startsWith("text:")) out.push(`${out.pop()}${key.text}`);
    else out.push(`text:${key.text}`);
  }
  return out;
}

function read(...chunks: (string | Buffer)[]): string[] {
  const keys: Key[] = [];
  const reader = new KeyReader((some) => keys.push(...some));
  for (const chunk of chunks) reader.push(chunk);
  reader.end();
  return shown(keys);
}

const ESC = "\u001b";
const PASTE = `${ESC}[200~def f(*args):\r\n\t/save x\n\u0003/quit 日本${ESC}[31m red${ESC}[0m\r${ESC}[201~`;
const PASTED = "paste:def f(*args):\n\t/save x\n/quit 日本 red\n";

test.each([
  ["\r", "<enter>"],
  ["\n", "<C-j>"],
  [`${ESC}\r`, "<A-enter>"],
  [`${ESC}\n`, "<C-A-j>"],
  [`${ESC}[13;2u`, "<S-enter>"],
  [`${ESC}[13:2u`, "<S-enter>"],
  [`${ESC}[13;2:1u`, "<S-enter>"],
  [`${ESC}[13;2;13u`, "<S-enter>"],
  [`${ESC}[27;2;13~`, "<S-enter>"],
  [`${ESC}[13;5u`, "<C-enter>"],
  [`${ESC}[57414u`, "<enter>"],
  ["\u0003", "<C-c>"],
  [`${ESC}[99;5u`, "<C-c>"],
  [`${ESC}[27u`, "<escape>"],
  [`${ESC}[A`, "<up>"],
  [`${ESC}OA`, "<up>"],
  [`${ESC}[1;5C`, "<C-right>"],
  [`${ESC}[3~`, "<delete>"],
  [`${ESC}[Z`, "<S-tab>"],
  [`${ESC}b`, "<A-b>"],
  [`${ESC}\u007f`, "<A-backspace>"],
  ["\u007f", "<backspace>"],
  [`${ESC}[98;3u`, "<A-b>"],
  [`${ESC}${ESC}[A`, "<escape> <up>"],
  ["é😀日本語", "text:é😀日本語"],
])("%j is %s", (bytes, key) => {
  expect(read(bytes).join(" ")).toBe(key);
});

test("what is no key does not end up in the text", () => {
  const answers = [`${ESC}[?1;2c`, `${ESC}]11;rgb:0000/0000/0000${ESC}\\`, `${ESC}]0;x\u0007`, `${ESC}P1$r0m${ESC}\\`];
  const keys = [`${ESC}[I`, `${ESC}[200`, `${ESC}[13;2:3u`, `${ESC}[97;1:3u`, `${ESC}[29~`, "\u0000", `${ESC}[201~`];
  for (const bytes of [...answers, ...keys]) expect(read(`a${bytes}`)).toEqual(["text:a"]);
  for (const bytes of answers) expect(read(`a${bytes}b`)).toEqual(["text:ab"]);
});

test("an escape that stays alone is the key; one that is gone on with is not", () => {
  const keys: Key[] = [];
  const reader = new KeyReader((some) => keys.push(...some));
  reader.push(ESC);
  vi.advanceTimersByTime(50);
  reader.push("[A");
  expect(shown(keys)).toEqual(["<up>"]);
  reader.push(ESC);
  vi.advanceTimersByTime(200);
  reader.push("hello");
  expect(shown(keys)).toEqual(["<up>", "<escape>", "text:hello"]);
});

test("a paste is one, whatever is in it", () => {
  expect(read("a", PASTE, "b\r")).toEqual(["text:a", PASTED, "text:b", "<enter>"]);
  expect(read(`${ESC}[200~a${ESC}[200~b${ESC}[201~`)).toEqual(["paste:ab"]);
  expect(read(`${ESC}[200~a\r\rb\r\n\r\nc\n\nd${ESC}[201~`)).toEqual(["paste:a\n\nb\n\nc\n\nd"]);
});

test("where the end of a paste is lost, Ctrl-C after a silence is the key", () => {
  let now = 0;
  const keys: Key[] = [];
  const reader = new KeyReader(
    (some) => keys.push(...some),
    () => now,
  );
  reader.push(`${ESC}[200~lost`);
  reader.push("\u0003");
  expect(keys).toEqual([]);
  now = 1_000;
  reader.push("\u0003");
  reader.push("x");
  expect(shown(keys)).toEqual(["paste:lost", "<C-c>", "text:x"]);
});

test("where the bytes are cut carries no meaning", () =>
  fc.assert(
    fc.property(
      fc.array(
        fc.constantFrom(
          "a",
          "日本",
          "👩‍👩‍👧",
          "é",
          "\r",
          "\u0003",
          PASTE,
          `${ESC}[13;2u`,
          `${ESC}[A`,
          `${ESC}\r`,
          `${ESC}[?62c`,
        ),
        { maxLength: 8 },
      ),
      fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 40 }),
      (pieces, sizes) => {
        const bytes = Buffer.from(pieces.join(""));
        const chunks: Buffer[] = [];
        for (let at = 0, i = 0; at < bytes.length; i++) {
          const size = sizes[i % sizes.length] ?? 1;
          chunks.push(bytes.subarray(at, at + size));
          at += size;
        }
        expect(read(...chunks)).toEqual(read(bytes));
      },
    ),
    { numRuns: 300 },
  ));
