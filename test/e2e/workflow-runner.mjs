// Begins a run, or goes on with it: `WHERE RUN LOG MODE`, where WHERE is a file, or the URL of a PostgreSQL. Each effect is a line of LOG. It kills itself where MODE says so, once; each time for `poison`.
import { appendFileSync, existsSync, readFileSync, writeSync } from "node:fs";
import { defineModel } from "sluice";
import { DbosEngine, EmbeddedEngine, loadWorkflow, resumeRun, superviseRuns } from "sluice/workflows";

const [where = "", runId = "", log = "", mode = ""] = process.argv.slice(2);
const effects = () => (existsSync(log) ? readFileSync(log, "utf8").split("\n").filter(Boolean) : []);
const note = (line) => appendFileSync(log, `${line}\n`);
/** A killed process writes nothing that still waits: lines go out at once. */
const say = (value) => writeSync(1, `${JSON.stringify(value)}\n`);
/** Dies at this place, the first time that it is reached. */
function dieAt(place) {
  if (mode !== place && !(mode === "poison" && place === "step")) return;
  if (mode !== "poison" && effects().includes(`died ${place}`)) return;
  note(`died ${place}`);
  process.kill(process.pid, "SIGKILL");
}
/** Stands still at this place until it is killed or goes on. */
async function hangAt(place) {
  if (mode !== place) return;
  // Waiting for a signal keeps no process alive by itself.
  const alive = setInterval(() => {}, 60_000);
  const woken = new Promise((resolve) => process.once("SIGUSR2", resolve));
  say({ hangs: place });
  await woken;
  clearInterval(alive);
}

/** Dies as soon as the record of a step is on its way to the disk or the server. */
function dieWhileWriting() {
  const { begin } = engine;
  engine.begin = async (run) => {
    const journal = await begin.call(engine, run);
    const { record } = journal;
    journal.record = (kept) => {
      const written = record.call(journal, kept);
      if (kept.key === "second") setImmediate(() => dieAt("log"));
      return written;
    };
    return journal;
  };
}

const model = defineModel({
  id: "killed",
  async *stream() {
    note("chat");
    for (const word of ["one ", "two ", "three "]) yield word;
    dieAt("stream");
    yield "four";
  },
});
const functions = {
  first: () => note("first"),
  second: async (_, { idempotencyKey }) => {
    dieAt("step");
    note(idempotencyKey);
    await hangAt("hang");
    return "second";
  },
};
const document = {
  name: "killed",
  steps: [
    { id: "first", type: "function", config: { function: "first" } },
    { id: "chat", type: "llm_chat", inputs: { message: "Count" }, depends_on: ["first"] },
    { id: "second", type: "function", config: { function: "second" }, inputs: { said: { from_step: "chat" } } },
    { id: "pause", type: "wait", config: { seconds: 0.05 }, depends_on: ["second"] },
    {
      id: "end",
      type: "output",
      depends_on: ["pause"],
      inputs: { said: { from_step: "chat" }, done: { from_step: "second" } },
    },
  ],
};

const engine = where.startsWith("postgres:")
  ? await DbosEngine.open(where)
  : await EmbeddedEngine.open(where, { silentMs: 1_000 });
const services = { models: { "*": model }, functions };
if (mode === "log") dieWhileWriting();
const known = (await engine.list()).some(({ id }) => id === runId);
try {
  if (mode === "supervise") await supervise();
  else
    await read(
      known
        ? await resumeRun(engine, runId, services, { maxTakeovers: 2 })
        : (await loadWorkflow(document, services)).run({ engine, runId }),
    );
} catch (error) {
  say({ code: error.code, message: error.message });
}
await engine.close();

async function read(run) {
  for await (const event of run.stream) {
    if (event.type === "nested" && event.event.type === "retract")
      say({ step: event.from, retracts: event.attempt ?? 1 });
    if (event.type === "nested" && event.event.type === "start") say({ step: event.from, attempt: event.attempt ?? 1 });
    if (event.type === "data" && event.value.step === "pause" && event.value.state === "started") dieAt("wait");
  }
  const { output } = await run.result;
  say({ output });
}

/** Goes on with one run that nobody runs. */
async function supervise() {
  const stop = new AbortController();
  say({ supervises: true });
  await superviseRuns(engine, services, {
    everyMs: 100,
    signal: stop.signal,
    onRun: async (run) => {
      await read(run);
      stop.abort();
    },
  });
}
