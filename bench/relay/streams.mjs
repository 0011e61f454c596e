// The client: reads streams as they come, and notes when what arrived.
import { Agent, request } from "undici";
import { DELTAS, PACE_MS } from "./mock.mjs";

/** What was measured of one stream. @typedef {{ firstMs: number, lags: number[], gapMs: number, deltas: number }} Stream */

const BODY = JSON.stringify({ model: "m", stream: true, messages: [{ role: "user", content: "Hi" }] });
const HEADERS = { "content-type": "application/json" };
const STAMP = /w(\d+) /g;

/** Reads one stream. @returns {Promise<Stream>} */
async function read(/** @type {string} */ url, /** @type {Agent} */ dispatcher) {
  const began = process.hrtime.bigint();
  const answer = await request(`${url}/v1/chat/completions`, {
    method: "POST",
    body: BODY,
    headers: HEADERS,
    dispatcher,
  });
  /** @type {Stream} */
  const stream = { firstMs: 0, lags: [], gapMs: 0, deltas: 0 };
  let [last, rest] = [began, ""];
  for await (const piece of answer.body) {
    const now = process.hrtime.bigint();
    // A delta may be cut by a read.
    const text = rest + String(piece);
    let end = 0;
    for (const match of text.matchAll(STAMP)) {
      const [whole, stamp = "0"] = match;
      end = match.index + whole.length;
      stream.lags.push(Number(now - BigInt(stamp)) / 1_000);
      if (stream.deltas++ === 0) stream.firstMs = Number(now - began) / 1e6;
      else stream.gapMs = Math.max(stream.gapMs, Number(now - last) / 1e6);
      last = now;
    }
    rest = text.slice(end);
  }
  return stream;
}

/**
 * So many streams at once, in a steady state: each place has one stream after the other, on a connection that stays, and the
 * places begin spread over the time that one stream takes.
 *
 * @param {string} url
 * @param {{ streams: number, each: number, paced: boolean }} load
 */
export async function steady(url, { streams, each, paced }) {
  const dispatcher = new Agent({ connections: streams, pipelining: 1, keepAliveTimeout: 60_000 });
  const spreadMs = paced ? DELTAS * PACE_MS : 0;
  const places = Array.from({ length: streams }, async (_, place) => {
    await new Promise((resolve) => setTimeout(resolve, (place * spreadMs) / streams));
    /** @type {Stream[]} */
    const own = [];
    for (let i = 0; i < each; i++) own.push(await read(url, dispatcher));
    // The first of each place made its connection.
    return own.slice(1);
  });
  const all = (await Promise.all(places)).flat();
  await dispatcher.destroy();
  return all;
}
