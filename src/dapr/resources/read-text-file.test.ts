import { execFileSync } from "node:child_process";
import { createWriteStream } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { readTextFile } from "./read-text-file.js";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "sluice-text-"));
  execFileSync("mkfifo", [join(folder, "pipe")]);
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test("a file, and what is written into a pipe", async () => {
  await writeFile(join(folder, "file"), "text");
  expect(await readTextFile(join(folder, "file"))).toBe("text");
  // Opened for both, so that it need not wait for the reader.
  const writer = createWriteStream(join(folder, "pipe"), { flags: "r+" });
  await new Promise((resolve) => writer.once("open", resolve));
  const read = readTextFile(join(folder, "pipe"));
  writer.end("a=1");
  expect(await read).toBe("a=1");
});

test("a pipe into which nobody writes is left when its signal says so", async () => {
  const writer = createWriteStream(join(folder, "pipe"), { flags: "r+" });
  await new Promise((resolve) => writer.once("open", resolve));
  const ending = new AbortController();
  const read = readTextFile(join(folder, "pipe"), ending.signal);
  ending.abort();
  await expect(read).rejects.toThrow();
  writer.destroy();
});
