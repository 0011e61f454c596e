import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { afterAll, expect, test } from "vitest";
import { MemoryStore } from "../chat/stores/memory-store.js";
import { pii } from "../guards/pii/pii.js";
import { echo } from "../models/echo.js";
import { scripted } from "../models/scripted.js";
import type { ChatModel } from "../stream/chat-model.js";
import { SluiceError } from "../stream/error.js";
import { ChatSession } from "./chat-session.js";

const folder = mkdtempSync(join(tmpdir(), "sluice-session-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A session, and what it has shown since one last looked. */
function begin(model: ChatModel) {
  const stdout = new PassThrough();
  const stderr = new PassThrough();
  const io = { stdin: new PassThrough(), stdout, stderr, env: {}, onInterrupt: () => () => {} };
  const session = new ChatSession({ model }, io);
  const read = (stream: PassThrough) => String(stream.read() ?? "");
  return { session, answer: () => read(stdout), notes: () => read(stderr) };
}

test("edits, asks again, and goes back to what was said first", async () => {
  const { session, answer, notes } = begin(scripted([["one"], ["two"], ["three"], ["four"]]));
  await session.say("First");
  await session.command("/edit Second");
  await session.command("/retry");
  expect(answer()).toBe("one\ntwo\nthree\n");
  notes();
  await session.command("/branches");
  expect(notes()).toBe(
    "  1  **user**: First\n* 2  **user**: Second\n  3  **assistant**: two\n* 4  **assistant**: three\n",
  );
  await session.command("/branches 1");
  expect(notes()).toBe("goes on from: **user**: First\n");
  await session.command("/history");
  expect(notes()).toBe("**user**: First\n\n**assistant**: one\n");
  await expect(session.command("/branches 9")).rejects.toThrow('NUMBER: found "9"; allowed: 1 to 3');
});

test("searches, counts, names and saves", async () => {
  const { session, notes } = begin(echo({ tokensPerSecond: Number.POSITIVE_INFINITY }));
  await session.say("Red foxes");
  notes();
  await session.command("/search FOX");
  expect(notes()).toBe("**user**: Red foxes\n**assistant**: Red foxes\n");
  await session.command("/search bear");
  expect(notes()).toBe("nothing was found\n");
  await session.command("/title Foxes");
  expect(notes()).toBe("title: Foxes\n");
  await session.command("/stats");
  expect(notes()).toMatch(
    /^title +Foxes\nmessages +2, 1 user, 1 assistant\nturns +1\ntokens +\d+ in, \d+ out\ncost +unknown\n/m,
  );
  for (const [file, beginning] of [
    ["a.json", "{"],
    ["a.txt", "Foxes\n"],
    ["a.md", "# Foxes\n"],
  ] as const) {
    await session.command(`/save ${join(folder, file)}`);
    expect(notes()).toContain("2 messages are in");
    expect(readFileSync(join(folder, file), "utf8").startsWith(beginning)).toBe(true);
  }
  await expect(session.command(`/save ${folder}`)).rejects.toThrow("cannot be written");
});

test("model and instructions are those of the next answer, in a new conversation, too", async () => {
  const model = scripted([["1"], ["2"]]);
  const { session, notes } = begin(model);
  await session.command("/system Be brief.");
  await session.say("one");
  await session.command("/clear");
  await session.say("two");
  expect(model.requests.map(({ messages }) => messages.map(({ content }) => content))).toEqual([
    ["Be brief.", "one"],
    ["Be brief.", "two"],
  ]);
  notes();
  await session.command("/model echo");
  expect(notes()).toBe("model: echo\n");
});

test("knows its commands, and what to say where nothing was said", async () => {
  const { session, notes } = begin(scripted([]));
  await expect(session.command("/jump")).rejects.toThrow("allowed: /help /model");
  await expect(session.command("/edit x")).rejects.toThrow("there is no message yet");
  await session.command("/help");
  expect(notes()).toContain("/branches [NUMBER]");
  expect(await session.command("/quit")).toBe("leave");
});

test("guards stand before a model that is chosen later, too", async () => {
  const stdout = new PassThrough();
  const io = { stdin: new PassThrough(), stdout, stderr: new PassThrough(), env: {}, onInterrupt: () => () => {} };
  const session = new ChatSession({ model: scripted([]), guards: [pii()] }, io);
  await session.command("/model echo");
  await session.say("Mail ann@example.com");
  expect(String(stdout.read())).toBe("Mail <EMAIL_ADDRESS>\n");
});

test("a new conversation that is kept says under which name", async () => {
  const stderr = new PassThrough();
  const io = { stdin: new PassThrough(), stdout: new PassThrough(), stderr, env: {}, onInterrupt: () => () => {} };
  const options = { model: scripted([["1"]]), kept: { contextId: "a", store: new MemoryStore() } };
  const session = new ChatSession(options, io);
  await session.say("one");
  stderr.read();
  await session.command("/clear");
  const { contextId } = session.conversation;
  expect(contextId).not.toBe("a");
  expect(String(stderr.read())).toBe(`conversation ${contextId}: begins\n`);
  await session.close();
});

test("/retry after a turn that failed asks that turn again, with its files", async () => {
  const file = join(folder, "notes.txt");
  writeFileSync(file, "Buy milk");
  const down = new SluiceError("overloaded", "down", { retryable: true });
  const model = scripted([["one"], [{ throw: down }], ["two"], ["three"]]);
  const { session } = begin(model);
  await session.say("First");
  await session.command(`/file ${file}`);
  expect((await session.say("Second"))?.code).toBe("overloaded");
  await session.command("/retry");
  expect(model.requests.at(-1)?.messages.at(-1)?.content).toMatchObject([
    { text: expect.stringContaining("Buy milk") },
    { text: "Second" },
  ]);
  await session.command("/retry");
  expect(model.requests.at(-1)?.messages).toHaveLength(3);
  expect(await session.conversation.messages()).toHaveLength(4);
});
