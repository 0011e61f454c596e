import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, expect, test } from "vitest";
import { Conversation } from "../../src/chat/conversation.js";
import { echo } from "../../src/models/echo.js";
import { textOf } from "../../src/stream/message.js";
import { BARE_ENV, ROOT } from "./run.js";

const TURNS = 1_000;
/** The process is killed as soon as it has said that so many turns are stored. */
const KILLS = [1, 333, 334, 900];

const folder = mkdtempSync(join(tmpdir(), "sluice-killed-"));
const file = join(folder, "conversations.db");
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs the writer until it has stored a number of turns, kills it, and returns the last turn that it said was stored. */
async function writeUntil(stored: number): Promise<number> {
  const args = [join(ROOT, "test", "e2e", "turn-writer.mjs"), file, "killed", String(TURNS)];
  const child = spawn(process.execPath, args, { cwd: ROOT, env: BARE_ENV, stdio: ["ignore", "pipe", "inherit"] });
  const closed = once(child, "close");
  let last = -1;
  for await (const line of createInterface({ input: child.stdout })) {
    last = Number(line);
    if (last >= stored) child.kill("SIGKILL");
  }
  await closed;
  return last;
}

/** The turns that the file holds, after a look at each of them. */
async function storedTurns(): Promise<number> {
  const conversation = new Conversation({ model: echo(), store: file, contextId: "killed" });
  const messages = await conversation.messages();
  expect(messages).toHaveLength((await conversation.allMessages()).length);
  await conversation.close();
  for (const [index, { message, status, parentId }] of messages.entries()) {
    const turn = `turn ${Math.floor(index / 2)}`;
    expect(textOf(message)).toBe(index % 2 === 0 ? turn : `answer to ${turn}`);
    expect([status, parentId]).toEqual(["complete", messages[index - 1]?.id ?? null]);
  }
  expect(messages.length % 2).toBe(0);
  return messages.length / 2;
}

test("a thousand turns survive a process that is killed again and again: at most the one in flight is lost", async () => {
  for (const stored of KILLS) {
    const last = await writeUntil(stored);
    expect(last).toBeGreaterThanOrEqual(stored);
    // What was said to be stored is; the next turn may be, if it was stored before its process could say so.
    expect([last + 1, last + 2]).toContain(await storedTurns());
  }
  expect(await writeUntil(TURNS)).toBe(TURNS - 1);
  expect(await storedTurns()).toBe(TURNS);
});
