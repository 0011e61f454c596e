import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, expect, test } from "vitest";
import { BARE_ENV, ROOT } from "./run.js";

const folder = mkdtempSync(join(tmpdir(), "sluice-killed-agent-"));
const store = join(folder, "chats.db");
const paid = join(folder, "paid.txt");
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs the agent in a process of its own, kills it when it has said how it ended, and returns what it said. */
async function runAndKill(approved = ""): Promise<string[]> {
  const args = [join(ROOT, "test", "e2e", "agent-approval.mjs"), store, paid, approved];
  const child = spawn(process.execPath, args, { cwd: ROOT, env: BARE_ENV, stdio: ["ignore", "pipe", "inherit"] });
  const closed = once(child, "close");
  const said: string[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    said.push(line);
    if (/^(finish|error)/.test(line)) child.kill("SIGKILL");
  }
  await closed;
  return said;
}

test("an approval three agents down is answered after its process was killed, once", async () => {
  const id = "to-first/to-second/to-third/to-pay";
  expect(await runAndKill()).toEqual([`asks ${id}`, "finish input-required"]);
  expect(existsSync(paid)).toBe(false);
  const resumed = await runAndKill(id);
  expect(resumed.at(-2)).toBe("text Done.");
  expect(resumed.at(-1)).toBe("finish stop");
  expect(readFileSync(paid, "utf8")).toBe("paid\n");
  expect(await runAndKill(id)).toEqual(["error invalid-argument"]);
  expect(readFileSync(paid, "utf8")).toBe("paid\n");
});
