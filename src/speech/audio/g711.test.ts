import { describe, expect, it } from "vitest";
import { decodeG711, encodeG711 } from "./g711.js";

const every = Uint8Array.from({ length: 256 }, (_, byte) => byte);

describe.each(["mu-law", "a-law"] as const)("G.711 by %s", (law) => {
  it("has each of its samples back", () => {
    const again = encodeG711(decodeG711(every, law), law);
    // µ-law has two zeros.
    expect([...again].map((byte) => (law === "mu-law" && byte === 0xff ? 0x7f : byte))).toEqual(
      [...every].map((byte) => (law === "mu-law" && byte === 0xff ? 0x7f : byte)),
    );
  });

  it("is near each sample", () => {
    for (let sample = -32_000; sample <= 32_000; sample += 37) {
      const pcm = new Uint8Array(Int16Array.of(sample).buffer);
      const [back = 0] = new Int16Array(decodeG711(encodeG711(pcm, law), law).buffer);
      expect(Math.abs(back - sample), String(sample)).toBeLessThanOrEqual(Math.max(16, Math.abs(sample) * 0.04));
    }
  });
});

it("has the values of the tables", () => {
  const samples = (bytes: number[], law: "mu-law" | "a-law") => [
    ...new Int16Array(decodeG711(Uint8Array.from(bytes), law).buffer),
  ];
  expect(samples([0x00, 0x80, 0x7f, 0xff], "mu-law")).toEqual([-32_124, 32_124, 0, 0]);
  expect(samples([0xd5, 0x55, 0xaa, 0x2a], "a-law")).toEqual([8, -8, 32_256, -32_256]);
});
