import { setImmediate, setTimeout } from "node:timers/promises";
import { makeAnswer } from "../answer.mjs";
import { END, HEAD, httpChunk, httpChunks } from "./http-bytes.mjs";
import { ENDLESS_BYTES, HELD_AFTER, PACE_MS, STAMP_DIGITS, TOKENS } from "./modes.mjs";

/** @typedef {import("node:net").Socket} Socket */

/** What one write carries where writes are coalesced, and where many streams take turns. */
const COALESCED_BYTES = 16_384;
const TURN_BYTES = 4_096;

/** The whole answer in one write; it holds HTTP chunks of 16 KB. */
export function playCoalesced() {
  return inOneWrite(TOKENS.coalesced);
}

/** An answer of one token. */
export function playShort() {
  return inOneWrite(TOKENS.short);
}

/** Each event in a write, an HTTP chunk and a TCP segment of its own, as fast as they go. */
export function playOnePerWrite() {
  const { events } = makeAnswer(TOKENS["one-per-write"]);
  const writes = [HEAD, ...events.map((event) => httpChunk([event])), END];
  return (/** @type {Socket} */ socket) => write(socket, writes, () => setImmediate());
}

/** The first tokens, and the rest when all held answers are released; then the streams take turns. */
export function playHeld() {
  const { events } = makeAnswer(TOKENS.held);
  // The first event only names the role.
  const beginning = [Buffer.concat([HEAD, httpChunk(events.slice(0, HELD_AFTER + 1))])];
  const rest = [...httpChunks(events.slice(HELD_AFTER + 1), TURN_BYTES), END];
  /** @type {(() => void)[]} */
  let waiting = [];

  async function play(/** @type {Socket} */ socket) {
    await write(socket, beginning);
    await new Promise((resolve) => waiting.push(() => resolve(undefined)));
    await write(socket, rest, () => setImmediate());
  }

  function release() {
    for (const go of waiting) go();
    waiting = [];
  }

  return { play, release };
}

/** A token each 10 ms. The first comes with the head of the answer and says when it was written. */
export function playPaced() {
  const stamp = "0".repeat(STAMP_DIGITS);
  const { events } = makeAnswer(TOKENS.paced, stamp);
  const beginning = Buffer.concat([HEAD, httpChunk(events.slice(0, 2))]);
  const stampAt = beginning.indexOf(stamp);
  const rest = events.slice(2).map((event) => httpChunk([event]));

  return async (/** @type {Socket} */ socket) => {
    const first = Buffer.from(beginning);
    first.write(String(process.hrtime.bigint()).padStart(STAMP_DIGITS, "0"), stampAt);
    const pace = metronome(PACE_MS);
    await write(socket, [first, ...rest], pace);
    await write(socket, [END]);
  };
}

/** 200 MB, as fast as the client takes them. */
export function playEndless() {
  const { events } = makeAnswer(2_000);
  const role = httpChunk(events.slice(0, 1));
  const tokens = httpChunks(events.slice(1, -3), COALESCED_BYTES);
  const ending = Buffer.concat([httpChunk(events.slice(-3)), END]);
  let sent = 0;

  async function play(/** @type {Socket} */ socket) {
    sent = 0;
    await write(socket, [HEAD, role]);
    while (sent < ENDLESS_BYTES && !socket.destroyed) {
      for (const piece of tokens) {
        await write(socket, [piece]);
        if (socket.destroyed) return;
        sent += piece.length;
      }
    }
    await write(socket, [ending]);
  }

  /** Bytes that the system took for the latest client. */
  return { play, sent: () => sent };
}

function inOneWrite(/** @type {number} */ tokens) {
  const { events } = makeAnswer(tokens);
  const whole = Buffer.concat([HEAD, ...httpChunks(events, COALESCED_BYTES), END]);
  return (/** @type {Socket} */ socket) => write(socket, [whole]);
}

/**
 * Writes the pieces one after the other, each when the system has taken the one before.
 *
 * @param {Socket} socket
 * @param {Buffer[]} pieces
 * @param {() => Promise<unknown>} [pause] between two pieces.
 */
async function write(socket, pieces, pause) {
  for (const [i, piece] of pieces.entries()) {
    if (i > 0 && pause !== undefined) await pause();
    if (socket.destroyed) return;
    await new Promise((resolve) => socket.write(piece, resolve));
  }
}

/** Waits for the next beat, so that a late one does not move those after it. */
function metronome(/** @type {number} */ beatMs) {
  let due = performance.now();
  return () => {
    due += beatMs;
    return setTimeout(Math.max(0, due - performance.now()));
  };
}
