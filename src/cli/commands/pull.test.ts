import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { runInProcess } from "../../../test/support/run-in-process.js";
import { hasLlama } from "../../../test/support/tiny-model.js";
import type { EndSignal, Io } from "../io.js";
import { pullCommand } from "./pull.js";

const BYTES = 48 * 1024 * 1024;
const CONTENT = Buffer.alloc(BYTES, "GGUF and what follows it. ");
const SHA256 = createHash("sha256").update(CONTENT).digest("hex");

let folder: string;
let server: Server;
let url: string;
/** Bytes that were sent so far; when `stopAt` is reached, nothing more is sent. */
let sent: number;
/** Bytes of the pieces that were asked for so far. */
let asked: number;
let stopAt: number;
let onStop: () => void;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "sluice-pull-"));
  [sent, asked, stopAt, onStop] = [0, 0, Number.POSITIVE_INFINITY, () => {}];
  server = createServer((request, response) => {
    if (request.url !== "/small.gguf") return void response.writeHead(404).end();
    const [, from = "0", to = ""] = /bytes=(\d+)-(\d*)/.exec(request.headers.range ?? "") ?? [];
    const start = Number(from);
    const end = to === "" ? BYTES : Math.min(BYTES, Number(to) + 1);
    const partial = request.headers.range !== undefined;
    response.writeHead(partial ? 206 : 200, {
      "content-length": end - start,
      "accept-ranges": "bytes",
      etag: '"one"',
      ...(partial && { "content-range": `bytes ${start}-${end - 1}/${BYTES}` }),
    });
    if (request.method === "HEAD") return void response.end();
    // A request for all of it only looks at its headers.
    if (partial) asked += end - start;
    const send = (at: number): void => {
      if (response.destroyed) return;
      if (at >= end) return void response.end();
      if (sent >= stopAt) {
        onStop();
        return;
      }
      const piece = CONTENT.subarray(at, Math.min(end, at + 256 * 1024));
      sent += piece.length;
      response.write(piece, () => send(at + piece.length));
    };
    send(start);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  url = `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}/small.gguf`;
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

describe.skipIf(!hasLlama())("sluice pull", () => {
  test("fetches a file, says its checksum, and how to talk to it", async () => {
    const { code, stdout, stderr } = await runInProcess(["pull", url, "--sha256", SHA256], { SLUICE_DATA: folder });
    expect(stderr).toContain("50 MB");
    expect(stderr).toContain(`sha256 ${SHA256}`);
    expect(code).toBe(0);
    const file = /llama\/(\S+)/.exec(stdout)?.[1] ?? "";
    expect(file.startsWith(join(folder, "models"))).toBe(true);
    expect(readFileSync(file).equals(CONTENT)).toBe(true);
  });

  test("a file that is there is not fetched again", async () => {
    await runInProcess(["pull", url, "-q"], { SLUICE_DATA: folder });
    const before = sent;
    expect((await runInProcess(["pull", url, "-q"], { SLUICE_DATA: folder })).code).toBe(0);
    // It looks at the file's size with a request that it leaves.
    expect(sent - before).toBeLessThan(BYTES / 2);
  });

  test("goes on where Ctrl-C stopped it", async () => {
    let interrupt: (signal: EndSignal) => void = () => {};
    const io: Io = {
      stdin: new PassThrough(),
      stdout: new PassThrough(),
      stderr: new PassThrough(),
      env: { SLUICE_DATA: folder },
      onInterrupt: (handler) => {
        interrupt = handler;
        return () => {};
      },
    };
    stopAt = BYTES * 0.8;
    const stopped = new Promise<void>((resolve) => {
      onStop = resolve;
    });
    const pulling = pullCommand(url, { quiet: true }, io);
    await stopped;
    interrupt("SIGINT");
    expect(await pulling).toBe(130);
    stopAt = Number.POSITIVE_INFINITY;
    const before = asked;
    const { code } = await runInProcess(["pull", url, "-q", "--sha256", SHA256], { SLUICE_DATA: folder });
    expect(code).toBe(0);
    expect(asked - before).toBeLessThan(BYTES);
  });

  test("a wrong checksum and a file that does not exist are failures", async () => {
    const wrong = await runInProcess(["pull", url, "--sha256", "00"], { SLUICE_DATA: folder });
    expect([wrong.code, wrong.stderr]).toEqual([1, expect.stringContaining("the checksum should be 00")]);
    const none = await runInProcess(["pull", `${url}.none.gguf`], { SLUICE_DATA: folder });
    expect(none.code).not.toBe(0);
    expect(none.stderr).toContain("cannot be fetched");
  });
});

test("without the package it says what to install", async ({ skip }) => {
  if (hasLlama()) return skip("node-llama-cpp is installed");
  const { code, stderr } = await runInProcess(["pull", url], { SLUICE_DATA: folder });
  expect(stderr).toContain("npm install node-llama-cpp@3");
  expect(code).not.toBe(0);
});
