import { PassThrough } from "node:stream";
import fc from "fast-check";
import { expect, test } from "vitest";
import { LINE_MARK, PASTE_MARK, PasteInput } from "./paste-input.js";

async function typed(chunks: readonly (string | Buffer)[]): Promise<string> {
  const terminal = new PassThrough();
  const input = new PasteInput(terminal);
  let out = "";
  input.on("data", (text: string) => {
    out += text;
  });
  for (const chunk of chunks) terminal.write(chunk);
  terminal.end();
  await new Promise((resolve) => input.on("end", resolve));
  return out;
}

const PASTE = "\u001b[200~def f(*args):\r\n\t/save x\n\u0003/quit\r\u001b[201~";
const LINE = `${PASTE_MARK}def f(*args):${LINE_MARK}    /save x${LINE_MARK}/quit${LINE_MARK}`;

test("a paste is one line, without keys in it", async () => {
  expect(await typed(["a", PASTE, "b\r"])).toBe(`a${LINE}b\r`);
});

test("keys are handed on as they are", async () => {
  expect(await typed(["x\u001b[A", "\u001b", "\u0003", "é😀\r"])).toBe("x\u001b[A\u001b\u0003é😀\r");
});

test("where the bytes are cut carries no meaning, but for a lone escape", () =>
  fc.assert(
    fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 60 }), async (sizes) => {
      const bytes = Buffer.from(`é${PASTE}ö\r`);
      const chunks: Buffer[] = [];
      let at = 0;
      for (let i = 0; at < bytes.length; i++) {
        let to = at + (sizes[i % sizes.length] ?? 1);
        // An escape at the end of a read is the key.
        if (bytes[to - 1] === 0x1b) to++;
        chunks.push(bytes.subarray(at, to));
        at = to;
      }
      expect(await typed(chunks)).toBe(`é${LINE}ö\r`);
    }),
    { numRuns: 50 },
  ));
