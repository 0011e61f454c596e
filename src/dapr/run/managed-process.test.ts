import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { expect, it } from "vitest";
import { systemClock } from "../../base/clock.js";
import { exitCodeOfEnd, type ManagedProcess, startProcess } from "./managed-process.js";

/** Collects what a process writes, and tells when a text is in it. */
class Written {
  text = "";
  #watchers: (() => void)[] = [];

  push(piece: string): undefined {
    this.text += piece;
    for (const watcher of this.#watchers.splice(0)) watcher();
  }

  end(): undefined {}

  async includes(part: string): Promise<void> {
    while (!this.text.includes(part)) await new Promise<void>((resolve) => this.#watchers.push(resolve));
  }
}

async function run(code: string): Promise<{ child: ManagedProcess; stdout: Written; stderr: Written }> {
  const [stdout, stderr] = [new Written(), new Written()];
  const child = await startProcess({
    command: [process.execPath, "-e", code],
    folder: process.cwd(),
    env: { PATH: process.env.PATH, GREETING: "hello" },
    readsStdin: false,
    stdout,
    stderr,
    clock: systemClock,
  });
  return { child, stdout, stderr };
}

it("ends with a code, when all it wrote has been passed on", async () => {
  const { child, stdout, stderr } = await run(
    "process.stdout.write('é'.repeat(100_000)); console.error(process.env.GREETING); process.exitCode = 3;",
  );
  expect(await child.ended).toEqual({ code: 3, signal: null });
  expect(stdout.text).toBe("é".repeat(100_000));
  expect(stderr.text).toBe("hello\n");
});

it("is told to end by a signal, which it may answer in its own way", async () => {
  const { child, stdout } = await run(
    "process.on('SIGINT', () => process.exit(5)); setInterval(() => {}, 1000); console.log('ready');",
  );
  await stdout.includes("ready");
  expect(await child.end("SIGINT")).toEqual({ code: 5, signal: null });
  expect(await child.end("SIGTERM")).toEqual({ code: 5, signal: null });
});

it("has the exit code of a shell where a signal ended it", async () => {
  const { child, stdout } = await run("setInterval(() => {}, 1000); console.log('ready');");
  await stdout.includes("ready");
  const end = await child.end("SIGTERM");
  expect([end, exitCodeOfEnd(end)]).toEqual([{ code: null, signal: "SIGTERM" }, 143]);
});

it("takes with it what it started", async () => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const inner = `require("node:net").connect(${port}, "127.0.0.1")`;
  const { child } = await run(
    `const { spawn } = require("node:child_process");
     spawn(process.execPath, ["-e", ${JSON.stringify(inner)}], { stdio: "ignore" });
     process.on("SIGUSR2", () => process.exit(0)); setInterval(() => {}, 1000);`,
  );
  const [socket] = await once(server, "connection");
  const closed = once(socket.on("error", () => {}).resume(), "close");
  process.kill(child.pid, "SIGUSR2");
  expect(await child.ended).toEqual({ code: 0, signal: null });
  await closed;
  server.close();
});

it("that cannot be started is named", async () => {
  const log = new Written();
  const starting = startProcess({
    command: ["no-such-program-here"],
    folder: process.cwd(),
    env: { PATH: "/nowhere" },
    readsStdin: false,
    stdout: log,
    stderr: log,
    clock: systemClock,
  });
  await expect(starting).rejects.toMatchObject({
    code: "not-found",
    message: expect.stringContaining("no-such-program-here cannot be started"),
  });
});

it("is read no faster than what it wrote is taken", async () => {
  let release = () => {};
  let first = true;
  const taken = new AbortController();
  const slow = {
    push: () => {
      if (!first) return undefined;
      first = false;
      taken.abort();
      return new Promise<void>((resolve) => {
        release = resolve;
      });
    },
    end: () => undefined,
  };
  const child = await startProcess({
    command: [process.execPath, "-e", "process.stdout.write('x'.repeat(5_000_000));"],
    folder: process.cwd(),
    env: {},
    readsStdin: false,
    stdout: slow,
    stderr: slow,
    clock: systemClock,
  });
  if (first) await once(taken.signal, "abort");
  let isOver = false;
  void child.ended.then(() => {
    isOver = true;
  });
  // Its pipe is full: it cannot have ended, whatever time it gets.
  await new Promise((resolve) => setImmediate(resolve));
  expect(isOver).toBe(false);
  release();
  expect(await child.ended).toEqual({ code: 0, signal: null });
});
