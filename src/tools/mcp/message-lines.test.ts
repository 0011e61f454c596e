import fc from "fast-check";
import { expect, test } from "vitest";
import { MessageLines } from "./message-lines.js";

const asItIs = (value: unknown) => value as never;

/** All that is read, errors as texts. */
function readAll(lines: MessageLines): unknown[] {
  const read: unknown[] = [];
  for (;;) {
    try {
      const message = lines.readMessage();
      if (message === null) return read;
      read.push(message);
    } catch (thrown) {
      read.push(String(thrown));
    }
  }
}

test("messages are the same however their bytes are cut", () =>
  fc.assert(
    fc.property(
      fc.array(fc.json().map((text) => `[${text}]`)),
      fc.infiniteStream(fc.integer({ min: 1, max: 9 })),
      (texts, sizes) => {
        const bytes = new TextEncoder().encode(`\ufeff${texts.map((text) => `${text}\r\n\n`).join("")}`);
        const lines = new MessageLines(asItIs);
        const read: unknown[] = [];
        for (let at = 0; at < bytes.length; ) {
          const size = sizes.next().value ?? 1;
          lines.append(bytes.subarray(at, at + size));
          at += size;
          read.push(...readAll(lines));
        }
        const whole = new MessageLines(asItIs);
        whole.append(bytes);
        expect(read).toEqual(readAll(whole));
        expect(read).toHaveLength(texts.length);
      },
    ),
  ));

test("a message of many reads is put together once", () => {
  const lines = new MessageLines(asItIs);
  const piece = new TextEncoder().encode("x".repeat(65_536));
  lines.append(new TextEncoder().encode('{"text":"'));
  for (let n = 0; n < 320; n++) lines.append(piece);
  lines.append(new TextEncoder().encode('"}\n'));
  expect(readAll(lines)).toEqual([{ text: "x".repeat(320 * 65_536) }]);
});

test("a message without an end is refused, and what follows is read", () => {
  const lines = new MessageLines(asItIs, 10);
  lines.append(new TextEncoder().encode("12345"));
  expect(() => lines.append(new TextEncoder().encode("678901"))).toThrow(/more than 10 characters/);
  lines.append(new TextEncoder().encode("5\n"));
  expect(readAll(lines)).toEqual([5]);
});
