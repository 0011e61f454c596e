import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, describe, expect, test } from "vitest";
import { EmbeddedEngine } from "../../src/workflows/engines/embedded-engine.js";
import { BARE_ENV, ROOT } from "./run.js";

const folder = mkdtempSync(join(tmpdir(), "sluice-killed-run-"));
const file = join(folder, "runs.db");
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A process that begins a run or goes on with it, and what it says. */
class Runner {
  readonly child: ChildProcess;
  readonly lines: unknown[] = [];
  readonly #log: string;
  readonly #ended: Promise<unknown>;
  #watchers: (() => void)[] = [];

  constructor(runId: string, mode: string) {
    this.#log = join(folder, `${runId}.log`);
    const args = [join(ROOT, "test", "e2e", "workflow-runner.mjs"), file, runId, this.#log, mode];
    this.child = spawn(process.execPath, args, { cwd: ROOT, env: BARE_ENV, stdio: ["ignore", "pipe", "inherit"] });
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

  async line(): Promise<void> {
    const seen = this.lines.length;
    while (this.lines.length === seen) await new Promise<void>((resolve) => this.#watchers.push(resolve));
  }

  get effects(): string[] {
    return readFileSync(this.#log, "utf8").trim().split("\n");
  }
}

const OUTPUT = { output: { said: "one two three four", done: "second" } };

describe("a process that is killed", () => {
  test.each([
    ["stream", ["first", "chat", "died stream", "chat", "second"], [{ step: "chat", attempt: 2 }, OUTPUT]],
    ["step", ["first", "chat", "died step", "second"], [OUTPUT]],
    ["wait", ["first", "chat", "second", "died wait"], [OUTPUT]],
  ])("in a %s leaves a run that another goes on with", async (mode, effects, lines) => {
    expect(await new Runner(mode, mode).ended()).not.toContainEqual(OUTPUT);
    const second = new Runner(mode, mode);
    expect(await second.ended()).toEqual(lines);
    expect(second.effects).toEqual(effects);
  });
});

test("a process that only hung loses its run to another, and does nothing more when it wakes", async () => {
  const hung = new Runner("hang", "hang");
  while (!hung.lines.some((line) => JSON.stringify(line) === '{"hangs":"hang"}')) await hung.line();
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
  const second = new Runner("hang", "none");
  expect(await second.ended()).toEqual([OUTPUT]);
  hung.child.kill("SIGCONT");
  hung.child.kill("SIGUSR2");
  expect(await hung.ended()).toContainEqual(expect.objectContaining({ code: "conflict" }));
  expect(second.effects).toEqual(["first", "chat", "second", "second"]);
}, 20_000);
