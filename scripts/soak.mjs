// `npm run soak -- [streams]` opens streams of a server and breaks them at every point, and looks whether memory, sockets and timers
// are where they were. `npm run soak -- idle [runs]` opens runs that wait, and says what they cost. Needs `npm run build`.
import { fork } from "node:child_process";
import { createServer as createHttp } from "node:http";
import { Agent, request } from "undici";
import { nextMessage } from "../bench/next-message.mjs";

const [role = "50000", given] = process.argv.slice(2);
const AT_ONCE = 200;
/** What may be more at the end than after the first tenth, when all is warm. */
const ALLOWED_HEAP_BYTES = 8 * 1_024 * 1_024;

if (role === "server") await serve();
else if (role === "idle") await idle(Number(given ?? 10_000));
else await soak(Number(role));

/** The server, in a process of its own: a provider that speaks slowly, and one in process that waits for ever. */
async function serve() {
  const { createServer } = await import("sluice/server");
  const { defineModel, model } = await import("sluice/models");
  const { MemoryRunLog } = await import("sluice/runs");
  const provider = createHttp((incoming, outgoing) => {
    incoming.resume();
    let n = 0;
    const frame = (choice) =>
      outgoing.write(`data: ${JSON.stringify({ id: "a", choices: [{ index: 0, ...choice }] })}\n\n`);
    const timer = setInterval(() => {
      if (n === 0) outgoing.writeHead(200, { "content-type": "text/event-stream" });
      if (n++ < 20) return frame({ delta: { content: `word${n} ` }, finish_reason: null });
      clearInterval(timer);
      frame({ delta: {}, finish_reason: "stop" });
      outgoing.end("data: [DONE]\n\n");
    }, 5);
    outgoing.on("close", () => clearInterval(timer));
  });
  await new Promise((resolve) => provider.listen(0, "127.0.0.1", resolve));
  const baseUrl = `http://127.0.0.1:${provider.address().port}/v1`;
  const waiting = defineModel({
    id: "waiting",
    async *stream(_request, { signal }) {
      yield "one ";
      await new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason), { once: true }));
    },
  });
  const server = await createServer({
    models: { slow: model("openai/slow", { baseUrl, apiKey: "none" }), waiting },
    log: new MemoryRunLog({ keepMs: 200 }),
    limits: { maxConnections: 20_000 },
  });
  const { url } = await server.listen({ port: 0 });
  process.on("message", async (ask) => {
    if (ask === "end") process.exit(0);
    // What has ended is forgotten at the next run, and kept-alive connections of the provider's close by themselves.
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    for (let i = 0; i < 4; i++) global.gc?.();
    const counts = {};
    for (const name of process.getActiveResourcesInfo()) counts[name] = (counts[name] ?? 0) + 1;
    const { heapUsed, rss } = process.memoryUsage();
    process.send({ heapUsed, rss, sockets: counts.TCPSocketWrap ?? 0, timers: counts.Timeout ?? 0 });
  });
  // Whoever measured is gone.
  process.on("disconnect", () => process.exit(0));
  process.send(url);
}

function start() {
  const child = fork(import.meta.filename ?? new URL(import.meta.url).pathname, ["server"], {
    execArgv: ["--expose-gc"],
  });
  const measure = () => {
    child.send("measure");
    return nextMessage(child);
  };
  return { url: nextMessage(child), measure, end: () => child.send("end") };
}

function body(model) {
  return JSON.stringify({ model, stream: true, messages: [{ role: "user", content: "Go" }] });
}

/** Reads a stream, and breaks it before it begins, after some pieces, or not at all. */
async function breakOne(url, dispatcher, i) {
  const left = new AbortController();
  const after = i % 4 === 0 ? 0 : i % 4 === 1 ? 1 : i % 4 === 2 ? 10 : Number.POSITIVE_INFINITY;
  const timer = after === 0 ? setTimeout(() => left.abort(), i % 7) : undefined;
  try {
    const path = i % 5 === 0 ? "/v1/responses" : "/v1/chat/completions";
    const asked =
      path === "/v1/responses" ? JSON.stringify({ model: "slow", stream: true, input: "Go" }) : body("slow");
    const answer = await request(url + path, { method: "POST", body: asked, signal: left.signal, dispatcher });
    let pieces = 0;
    for await (const _ of answer.body) if (++pieces >= after) break;
  } catch (error) {
    if (!left.signal.aborted) throw error;
  } finally {
    clearTimeout(timer);
  }
}

async function soak(streams) {
  const server = start();
  const url = await server.url;
  const dispatcher = new Agent({ connections: AT_ONCE, pipelining: 0 });
  let next = 0;
  const until = (end) =>
    Promise.all(
      Array.from({ length: AT_ONCE }, async () => {
        while (next < end) await breakOne(url, dispatcher, next++);
      }),
    );
  const began = performance.now();
  await until(Math.ceil(streams / 10));
  const before = await server.measure();
  await until(streams);
  const after = await server.measure();
  server.end();
  const grown = after.heapUsed - before.heapUsed;
  const kept = after.sockets - before.sockets;
  const mb = (bytes) => `${(bytes / 1_048_576).toFixed(1)} MB`;
  console.log(`${streams} streams in ${((performance.now() - began) / 1_000).toFixed(0)} s`);
  console.log(`heap ${mb(before.heapUsed)} → ${mb(after.heapUsed)}, resident ${mb(before.rss)} → ${mb(after.rss)}`);
  console.log(`sockets ${before.sockets} → ${after.sockets}, timers ${before.timers} → ${after.timers}`);
  const leaks = grown > ALLOWED_HEAP_BYTES || kept > AT_ONCE || after.timers - before.timers > 10;
  if (leaks) console.error("something is left that was not there");
  process.exit(leaks ? 1 : 0);
}

async function idle(runs) {
  const server = start();
  const url = await server.url;
  const before = await server.measure();
  const dispatcher = new Agent({ connections: runs, pipelining: 0 });
  const open = [];
  for (let i = 0; i < runs; i += 100) {
    const some = Array.from({ length: Math.min(100, runs - i) }, async () => {
      const answer = await request(`${url}/v1/chat/completions`, { method: "POST", body: body("waiting"), dispatcher });
      const pieces = answer.body[Symbol.asyncIterator]();
      await pieces.next();
      open.push(pieces);
    });
    await Promise.all(some);
  }
  const during = await server.measure();
  const mb = (bytes) => `${(bytes / 1_048_576).toFixed(1)} MB`;
  console.log(
    `${open.length} idle open runs: resident ${mb(before.rss)} → ${mb(during.rss)}, heap ${mb(during.heapUsed)}`,
  );
  server.end();
  process.exit(0);
}
