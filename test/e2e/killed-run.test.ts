import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import pg from "pg";
import { afterAll, describe, expect, test } from "vitest";
import { DbosEngine } from "../../src/workflows/engines/dbos/dbos-engine.js";
import { EmbeddedEngine } from "../../src/workflows/engines/embedded-engine.js";
import { startPostgres } from "../support/local-server.js";
import { BARE_ENV, ROOT } from "./run.js";

const folder = mkdtempSync(join(tmpdir(), "sluice-killed-run-"));
const file = join(folder, "runs.db");
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const postgres = await startPostgres();
afterAll(() => postgres?.stop());
const url = postgres?.url ?? "";

/** Those that a failed test leaves would hold up everything after it, the more so where they are only stopped. */
const children: ChildProcess[] = [];
afterAll(() => {
  for (const child of children) child.kill("SIGKILL");
});

/** A process that begins a run or goes on with it, and what it says. */
class Runner {
  readonly child: ChildProcess;
  readonly lines: unknown[] = [];
  readonly #log: string;
  readonly #ended: Promise<unknown>;
  #watchers: (() => void)[] = [];

  constructor(where: string, runId: string, mode: string) {
    this.#log = join(folder, `${runId}.log`);
    const args = [join(ROOT, "test", "e2e", "workflow-runner.mjs"), where, runId, this.#log, mode];
    this.child = spawn(process.execPath, args, { cwd: ROOT, env: BARE_ENV, stdio: ["ignore", "pipe", "inherit"] });
    children.push(this.child);
    this.#ended = once(this.child, "close");
    if (this.child.stdout === null) throw new Error("it has no output");
    createInterface({ input: this.child.stdout }).on("line", (line) => {
      this.lines.push(JSON.parse(line));
      for (const resolve of this.#watchers.splice(0)) resolve();
    });
  }

  async ended(): Promise<unknown[]> {
    await this.#ended;
    return this.lines;
  }

  /** Resolves when it has said something. */
  async said(line: unknown): Promise<void> {
    while (!this.lines.some((other) => JSON.stringify(other) === JSON.stringify(line)))
      await new Promise<void>((resolve) => this.#watchers.push(resolve));
  }

  get effects(): string[] {
    return readFileSync(this.#log, "utf8").trim().split("\n");
  }
}

const OUTPUT = { output: { said: "one two three four", done: "second" } };
const RESUMED = [{ step: "chat", retracts: 1 }, { step: "chat", attempt: 2 }, OUTPUT];
const ENGINES: [engine: string, where: string][] = [["embedded", file]];
if (postgres !== undefined) ENGINES.push(["dbos", url]);

describe.each(ENGINES)("with the engine %s, a process that is killed", (engine, where) => {
  const id = (name: string) => `${engine}-${name}`;

  test.each([
    ["stream", ["first", "chat", "died stream", "chat", "KEY"], RESUMED],
    ["step", ["first", "chat", "died step", "KEY"], [OUTPUT]],
    ["wait", ["first", "chat", "KEY", "died wait"], [OUTPUT]],
  ])("in a %s leaves a run that another goes on with", async (mode, effects, lines) => {
    expect(await new Runner(where, id(mode), mode).ended()).not.toContainEqual(OUTPUT);
    const second = new Runner(where, id(mode), mode);
    expect(await second.ended()).toEqual(lines);
    expect(second.effects).toEqual(effects.map((line) => (line === "KEY" ? `${id(mode)}/second` : line)));
  });

  test("while its journal is written leaves a run whose effects have one key", async () => {
    expect(await new Runner(where, id("log"), "log").ended()).not.toContainEqual(OUTPUT);
    const second = new Runner(where, id("log"), "log");
    expect(await second.ended()).toEqual([OUTPUT]);
    // Whether the record of the step came through is not known: it may have run again, and what it did has its key.
    const key = `${id("log")}/second`;
    expect([
      ["first", "chat", key, "died log"],
      ["first", "chat", key, "died log", key],
    ]).toContainEqual(second.effects);
  });

  test("each time fails after so many takeovers, and can be tried anew by hand", async () => {
    const runs = () => new Runner(where, id("poison"), "poison").ended();
    const died = [await runs(), await runs(), await runs()];
    expect(died.flat().filter((line) => JSON.stringify(line).includes("code"))).toEqual([]);
    const message = expect.stringMatching(/died 3 times in a row, and no step ended in between.*maxTakeovers: 2/);
    expect(await runs()).toEqual([{ code: "run-lost", message }]);
    const last = new Runner(where, id("poison"), "none");
    expect(await last.ended()).toEqual([OUTPUT]);
    const deaths = ["died step", "died step", "died step"];
    expect(last.effects).toEqual(["first", "chat", ...deaths, `${id("poison")}/second`]);
  });

  test("is noticed by those that look for such runs; one of them goes on with it", async () => {
    const others = [new Runner(where, id("noticed"), "supervise"), new Runner(where, id("noticed"), "supervise")];
    await Promise.all(others.map((other) => other.said({ supervises: true })));
    const first = new Runner(where, id("noticed"), "step");
    await first.ended();
    const output = await Promise.race(others.map((other) => other.said(OUTPUT).then(() => other)));
    expect(output.effects).toEqual(["first", "chat", "died step", `${id("noticed")}/second`]);
    for (const { child } of others) child.kill("SIGKILL");
    await Promise.all(others.map((other) => other.ended()));
    expect(
      others.flatMap(({ lines }) => lines).filter((line) => JSON.stringify(line) === JSON.stringify(OUTPUT)),
    ).toHaveLength(1);
  });
});

test("a process that only hung loses its run to another after a while, and does nothing more when it wakes", async () => {
  const hung = new Runner(file, "hang", "hang");
  await hung.said({ hangs: "hang" });
  hung.child.kill("SIGSTOP");
  // Another is refused as long as the first one may be alive.
  const engine = await EmbeddedEngine.open(file, { silentMs: 1_000 });
  let taken = await engine.resume("hang").catch((error: { code: string }) => error.code);
  while (typeof taken === "string") {
    expect(taken).toBe("conflict");
    taken = await engine.resume("hang").catch((error: { code: string }) => error.code);
    await new Promise((resolve) => setImmediate(resolve));
  }
  await taken.journal.close();
  await engine.close();
  const second = new Runner(file, "hang", "none");
  expect(await second.ended()).toEqual([OUTPUT]);
  hung.child.kill("SIGCONT");
  hung.child.kill("SIGUSR2");
  expect(await hung.ended()).toContainEqual(expect.objectContaining({ code: "conflict" }));
  expect(second.effects).toEqual(["first", "chat", "hang/second", "hang/second"]);
});

describe.skipIf(postgres === undefined)("with the engine dbos, a process that only hung", () => {
  test("keeps its run: nothing runs twice", async () => {
    const hung = new Runner(url, "false-alarm", "hang");
    await hung.said({ hangs: "hang" });
    hung.child.kill("SIGSTOP");
    const engine = await DbosEngine.open(url);
    expect(await engine.abandoned()).toEqual([]);
    await expect(engine.resume("false-alarm")).rejects.toMatchObject({ code: "conflict", retryable: true });
    await engine.close();
    hung.child.kill("SIGCONT");
    hung.child.kill("SIGUSR2");
    expect(await hung.ended()).toContainEqual(OUTPUT);
    expect(hung.effects).toEqual(["first", "chat", "false-alarm/second"]);
  });

  test("and whose connection the server gave up loses its run, and writes nothing more when it wakes", async () => {
    const hung = new Runner(url, "cut-off", "hang");
    await hung.said({ hangs: "hang" });
    hung.child.kill("SIGSTOP");
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    await client.query("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'");
    const second = new Runner(url, "cut-off", "none");
    expect(await second.ended()).toEqual([OUTPUT]);
    hung.child.kill("SIGCONT");
    hung.child.kill("SIGUSR2");
    const [, , last] = await hung.ended();
    expect(last).toMatchObject({ code: expect.stringMatching(/^(conflict|store-failed)$/) });
    expect(second.effects).toEqual(["first", "chat", "cut-off/second", "cut-off/second"]);
    await client.end();
  });
});
