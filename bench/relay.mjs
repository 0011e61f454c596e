// What a relay costs: `node bench/relay.mjs [streams] [rounds]`. Needs `npm run build`. See bench/README.md.
import { fork } from "node:child_process";
import { nextMessage } from "./next-message.mjs";
import { DELTAS, mock, PACE_MS } from "./relay/mock.mjs";
import { relays } from "./relay/relays.mjs";
import { steady } from "./relay/streams.mjs";

/** Streams of each place and round, the first of which is not counted. */
const EACH = 3;
const SATURATED = 32;
const SATURATED_EACH = 20;
const FRAMES = DELTAS + 2;

const [first = "256", second = "2"] = process.argv.slice(2);
if (first === "child") await child(second, process.argv[4] ?? "");
else await main(Number(first), Number(second));

/** A mock or a relay, until the parent is gone. */
async function child(/** @type {string} */ name, /** @type {string} */ upstream) {
  const url = name === "paced" || name === "fast" ? await mock(name === "paced") : await relays[name]?.(upstream);
  process.on("message", () => process.send?.(process.cpuUsage()));
  process.on("disconnect", () => process.exit());
  process.send?.(url);
}

async function main(/** @type {number} */ streams, /** @type {number} */ rounds) {
  /** @type {import("node:child_process").ChildProcess[]} */
  const children = [];
  try {
    for (const [title, mocked, load] of [
      [
        `${streams} streams, ${DELTAS} deltas each, one each ${PACE_MS} ms`,
        "paced",
        { streams, each: EACH, paced: true },
      ],
      [`${SATURATED} streams as fast as they go`, "fast", { streams: SATURATED, each: SATURATED_EACH, paced: false }],
    ]) {
      const upstream = await start(children, mocked);
      const rows = [{ name: "direct", ...upstream }];
      for (const name of Object.keys(relays)) rows.push({ name, ...(await start(children, name, upstream.url)) });
      // What goes as fast as it can is over soon: more rounds cost little.
      await report(title, rows, load, load.paced ? rounds : 4 * rounds);
      while (children.length > 0) children.pop()?.disconnect();
    }
  } finally {
    for (const one of children) one.kill();
  }
}

async function report(title, rows, load, rounds) {
  console.log(`\n${title}`);
  // Code that runs once a stream is compiled late: it takes 8 times 64 paced streams, and of those that take no time four times as many.
  for (const { url } of rows) await steady(url, { ...load, streams: 64, each: load.paced ? 8 : 32 });
  const measured = new Map(rows.map(({ name }) => [name, { streams: [], cpu: 0, frames: 0, ms: 0 }]));
  // In turns, so that what else the machine does falls on all alike.
  for (let round = 0; round < rounds; round++) {
    for (const { name, process: relay, url } of rows) {
      const row = measured.get(name);
      const [before, began] = [await cpuOf(relay), performance.now()];
      row.streams.push(...(await steady(url, load)));
      row.cpu += (await cpuOf(relay)) - before;
      row.ms += performance.now() - began;
      row.frames += load.streams * load.each * FRAMES;
    }
  }
  print(measured);
}

function print(measured) {
  const direct = figuresOf(measured.get("direct"));
  const bareCpu = figuresOf(measured.get("bare")).cpu;
  for (const [name, row] of measured) {
    const own = figuresOf(row);
    const added = (what, p, unit) => `${(own[what][p] - direct[what][p]).toFixed(unit === "ms" ? 2 : 0)} ${unit}`;
    const cells =
      name === "direct"
        ? [
            `first ${own.first.p50.toFixed(2)} / ${own.first.p99.toFixed(2)} ms`,
            `a token ${own.lag.p50.toFixed(0)} / ${own.lag.p99.toFixed(0)} us`,
          ]
        : [
            `adds to the first ${added("first", "p50", "ms")} / ${added("first", "p99", "ms")}`,
            `to a token ${added("lag", "p50", "us")} / ${added("lag", "p99", "us")}`,
            `CPU ${own.cpu.toFixed(1)} us a frame, ${(own.cpu / bareCpu).toFixed(2)} x bare`,
          ];
    const per = `${(own.rate / 1_000).toFixed(1)} k frames/s`;
    console.log(`${name.padEnd(11)} ${[...cells, per, `${own.stalled} stalled, ${own.short} short`].join("; ")}`);
  }
}

function figuresOf({ streams, cpu, frames, ms }) {
  return {
    first: quantiles(streams.map(({ firstMs }) => firstMs)),
    lag: quantiles(streams.flatMap(({ lags }) => lags)),
    cpu: cpu / frames,
    rate: (frames / ms) * 1_000,
    stalled: streams.filter(({ gapMs }) => gapMs > 10 * PACE_MS).length,
    short: streams.filter(({ deltas }) => deltas !== DELTAS).length,
  };
}

function quantiles(/** @type {number[]} */ values) {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (/** @type {number} */ p) => sorted[Math.min(sorted.length - 1, Math.floor(p * sorted.length))] ?? 0;
  return { p50: at(0.5), p99: at(0.99) };
}

async function start(children, name, ...more) {
  const args = ["child", name, ...more];
  const relay = fork(import.meta.filename ?? new URL(import.meta.url).pathname, args, {
    execArgv: process.env.PROF ? ["--cpu-prof", `--cpu-prof-dir=${process.env.PROF}/${name}`] : [],
  });
  children.push(relay);
  return { process: relay, url: await nextMessage(relay) };
}

/** In us, user and system. */
async function cpuOf(relay) {
  relay.send("cpu");
  const { user, system } = await nextMessage(relay);
  return user + system;
}
