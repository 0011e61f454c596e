import { setImmediate, setTimeout } from "node:timers/promises";
import { makeAnswer } from "../answer.mjs";
import { END, HEAD, headOf, httpChunk, httpChunks } from "./http-bytes.mjs";
import { ENDLESS_BYTES, HELD_AFTER, PACE_MS, STAMP_DIGITS, TOKENS } from "./modes.mjs";
import { Template } from "./template.mjs";

/** @typedef {import("node:net").Socket} Socket */
/** Plays one answer. @typedef {(socket: Socket) => Promise<void>} Play */

/** What one write carries where writes are coalesced, and where many streams take turns. */
const COALESCED_BYTES = 16_384;
const TURN_BYTES = 4_096;

/** Answers so far, in all modes. */
let answers = 0;

/**
 * The whole answer in one write; it holds HTTP chunks of 16 KB.
 *
 * @param {import("../answer.mjs").Wire} [wire]
 * @returns {Play}
 */
export function playCoalesced(wire) {
  return inOneWrite(TOKENS.coalesced, wire);
}

/** An answer of one token. @returns {Play} */
export function playShort() {
  return inOneWrite(TOKENS.short);
}

/** Each event in a write, an HTTP chunk and a TCP segment of its own, as fast as they go. @returns {Play} */
export function playOnePerWrite() {
  const { events } = makeAnswer(TOKENS["one-per-write"]);
  const writes = templates([HEAD, ...events.map((event) => httpChunk([event])), END]);
  return (socket) => write(socket, writes, ++answers, () => setImmediate());
}

/** The first tokens, and the rest when all held answers are released; then the streams take turns. */
export function playHeld() {
  const { events } = makeAnswer(TOKENS.held);
  // The first event only names the role.
  const beginning = templates([Buffer.concat([HEAD, httpChunk(events.slice(0, HELD_AFTER + 1))])]);
  const rest = templates([...httpChunks(events.slice(HELD_AFTER + 1), TURN_BYTES), END]);
  /** @type {(() => void)[]} */
  let waiting = [];

  /** @type {Play} */
  async function play(socket) {
    const answer = ++answers;
    await write(socket, beginning, answer);
    await new Promise((resolve) => waiting.push(() => resolve(undefined)));
    await write(socket, rest, answer, () => setImmediate());
  }

  function release() {
    for (const go of waiting) go();
    waiting = [];
  }

  return { play, release };
}

/** A token each 10 ms. The first comes with the head of the answer and says when it was written. @returns {Play} */
export function playPaced() {
  const stamp = "0".repeat(STAMP_DIGITS);
  const { events } = makeAnswer(TOKENS.paced, stamp);
  const beginning = Buffer.concat([HEAD, httpChunk(events.slice(0, 2))]);
  const stampAt = beginning.indexOf(stamp);
  const first = new Template(beginning);
  const rest = templates([...events.slice(2).map((event) => httpChunk([event])), END]);

  return async (socket) => {
    const answer = ++answers;
    const pause = metronome(PACE_MS);
    const bytes = first.fill(answer);
    bytes.write(String(process.hrtime.bigint()).padStart(STAMP_DIGITS, "0"), stampAt);
    await written(socket, bytes);
    await pause();
    await write(socket, rest, answer, pause);
  };
}

/** 200 MB, as fast as the client takes them. */
export function playEndless() {
  const { events } = makeAnswer(2_000);
  const beginning = templates([HEAD, httpChunk(events.slice(0, 1))]);
  const tokens = templates(httpChunks(events.slice(1, -3), COALESCED_BYTES));
  const ending = templates([httpChunk(events.slice(-3)), END]);
  let sent = 0;

  /** @type {Play} */
  async function play(socket) {
    const answer = ++answers;
    sent = 0;
    const add = (/** @type {number} */ bytes) => {
      sent += bytes;
    };
    await write(socket, beginning, answer);
    while (sent < ENDLESS_BYTES && !socket.destroyed) await write(socket, tokens, answer, undefined, add);
    await write(socket, ending, answer);
  }

  /** `sent`: the bytes that the system took for the latest client. */
  return { play, sent: () => sent };
}

/**
 * @param {number} tokens
 * @param {import("../answer.mjs").Wire} [wire]
 * @returns {Play}
 */
function inOneWrite(tokens, wire) {
  const { contentType, events } = makeAnswer(tokens, undefined, wire);
  const whole = new Template(Buffer.concat([headOf(contentType), ...httpChunks(events, COALESCED_BYTES), END]));
  // The next answer is made while the client is busy with this one.
  let next = whole.fill(++answers);
  return async (socket) => {
    const sent = written(socket, next);
    next = whole.fill(++answers);
    await sent;
  };
}

function templates(/** @type {Buffer[]} */ pieces) {
  return pieces.map((piece) => new Template(piece));
}

/**
 * Writes the pieces one after the other, each when the system has taken the one before.
 *
 * @param {Socket} socket
 * @param {Template[]} pieces
 * @param {number} answer
 * @param {() => Promise<unknown>} [pause] between two pieces.
 * @param {(bytes: number) => void} [onWritten]
 */
async function write(socket, pieces, answer, pause, onWritten) {
  for (const [i, piece] of pieces.entries()) {
    if (i > 0 && pause !== undefined) await pause();
    if (socket.destroyed) return;
    const bytes = piece.fill(answer);
    await written(socket, bytes);
    onWritten?.(bytes.length);
  }
}

/** Resolves when the system has taken the bytes, or never will. @param {Socket} socket @param {Buffer} bytes */
function written(socket, bytes) {
  return new Promise((resolve) => socket.write(bytes, resolve));
}

/** Waits for the next beat, so that a late one does not move those after it. */
function metronome(/** @type {number} */ beatMs) {
  let due = performance.now();
  return () => {
    due += beatMs;
    return setTimeout(Math.max(0, due - performance.now()));
  };
}
