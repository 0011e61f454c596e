import fc from "fast-check";

/** Cuts at positions given as fractions, so that one arbitrary serves every length. */
export const cuts = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 12 });

/** Bytes cut at the given fractions of their length; empty pieces are kept, as sockets may deliver them. */
export function recut(bytes: Uint8Array, at: readonly number[]): Uint8Array[] {
  const ends = at.map((fraction) => Math.floor(fraction * bytes.length)).sort((a, b) => a - b);
  const pieces: Uint8Array[] = [];
  let from = 0;
  for (const end of [...ends, bytes.length]) {
    pieces.push(bytes.subarray(from, end));
    from = end;
  }
  return pieces;
}
