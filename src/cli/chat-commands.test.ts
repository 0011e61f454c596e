import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { afterAll, beforeAll, expect, test } from "vitest";
import { scripted } from "../models/scripted.js";
import type { ChatModel } from "../stream/chat-model.js";
import { tool } from "../tools/tool.js";
import { ChatSession } from "./chat-session.js";
import { copyText } from "./clipboard.js";
import type { Io } from "./io.js";
import { pathArgument } from "./path-argument.js";

const folder = mkdtempSync(join(tmpdir(), "sluice-commands-"));
const server = createServer((_, response) => {
  const data = Array.from({ length: 25 }, (_, index) => ({ id: `model-${index}`, object: "model" }));
  response.setHeader("content-type", "application/json").end(JSON.stringify({ object: "list", data }));
});
let env: Record<string, string> = {};
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  env = {
    HOME: folder,
    XDG_DATA_HOME: folder,
    OLLAMA_HOST: "127.0.0.1:9",
    LMSTUDIO_BASE_URL: "http://127.0.0.1:9/v1",
    VLLM_BASE_URL: "http://127.0.0.1:9/v1",
    LLAMACPP_BASE_URL: "http://127.0.0.1:9/v1",
    OPENAI_API_KEY: "k",
    OPENAI_BASE_URL: `http://127.0.0.1:${port}/v1`,
  };
});
afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true });
});

/** A session, what it has shown since one last looked, and a person who types these lines. */
function begin(model: ChatModel, lines: string[] = [], options: object = {}) {
  const stderr = new PassThrough();
  const io = { stdin: new PassThrough(), stdout: new PassThrough(), stderr, env, onInterrupt: () => () => {} };
  const session = new ChatSession({ model, ...options }, io);
  session.nextLine = async () => lines.shift();
  return { session, notes: () => String(stderr.read() ?? "") };
}

test("/set sends settings from the next turn on, and takes them back", async () => {
  const model = scripted([["1"], ["2"]]);
  const { session, notes } = begin(model, [], { settings: { maxTokens: 9 } });
  await session.command("/set temperature 0.5");
  await session.command("/set reasoningEffort low");
  await session.command('/set stop ["a","b"]');
  await session.command("/set");
  expect(notes()).toMatch(
    /^ {2}temperature +0.5\n {2}reasoningEffort +low\n {2}stop +\["a","b"\]\n {2}temperature +0.5\n/,
  );
  await session.say("Hi");
  const settings = { temperature: 0.5, reasoning: { effort: "low" }, stop: ["a", "b"], maxTokens: 9 };
  expect(model.requests[0]).toMatchObject(settings);
  for (const name of ["temperature", "reasoningEffort", "stop", "maxTokens"]) await session.command(`/set ${name}`);
  await session.say("Hi");
  expect(Object.keys(model.requests[1] ?? {})).toEqual(["messages"]);
  expect(notes()).toMatch(/maxTokens +the provider's default\n/);
});

test.each([
  ["/set temprature 1", "did you mean temperature?"],
  ["/set temperature 3", "temperature: found 3; allowed: a number from 0 to 2"],
  ["/set temperature warm", 'temperature: found "warm"'],
  ["/set maxTokens 1.5", "maxTokens: found 1.5"],
  ["/set reasoningEffort hard", "none, minimal, low"],
  ["/undo", "there is no message yet"],
  ["/retry", "there is no message yet"],
  ["/branches", "there is no message yet"],
  ["/copy", "there is no answer yet"],
  ["/model 99", "a number of the list of /model"],
  ["/model opnai/x", "did you mean openai/x?"],
  ["/save", "the name of a file"],
])("%s is refused", async (line, why) => {
  const { session } = begin(scripted([]));
  await expect(session.command(line)).rejects.toThrow(why);
});

test("/model lists what can be asked, and takes a number, a part of a name, or a name", async () => {
  const { session, notes } = begin(scripted([]));
  await session.command("/model");
  const list = notes();
  expect(list).toContain("model: scripted\n");
  expect(list).toMatch(
    /^ {4}1 {2}openai\/model-0\n(?:.*\n)* {3}20 {2}openai\/model-19\n +and 5 more: sluice models openai/m,
  );
  expect(list).toMatch(/^ {3}21 {2}echo$/m);
  await session.command("/model 3");
  expect(session.conversation.model.id).toBe("openai/model-2");
  await session.command("/model odel-24");
  expect(session.conversation.model.id).toBe("openai/model-24");
  notes();
  await session.command("/model odel-1");
  expect(session.conversation.model.id).toBe("openai/model-24");
  expect(notes()).toMatch(/^ {4}1 {2}openai\/model-1\n {4}2 {2}openai\/model-10$/m);
  await session.command("/model echo");
  expect(session.conversation.model.id).toBe("echo");
});

test("/undo takes the last turn back, and /branches has it", async () => {
  const { session, notes } = begin(scripted([["one"], ["two"], ["three"]]));
  await session.say("First");
  await session.say("Second");
  notes();
  await session.command("/undo");
  expect(notes()).toBe("taken back: **user**: Second (/branches has it)\n");
  await session.command("/branches");
  expect(notes()).toBe("* 1  **user**: First\n* 2  **assistant**: one\n  3  **user**: Second\n");
  await session.say("Third");
  expect((await session.conversation.messages()).map(({ message }) => message.role)).toHaveLength(4);
  for (let turns = 0; turns < 2; turns++) await session.command("/undo");
  expect(await session.conversation.messages()).toEqual([]);
  notes();
  await session.command("/branches");
  expect(notes()).toBe("  1  **user**: First\n");
  await session.command("/branches 1");
  expect(await session.conversation.messages()).toHaveLength(4);
});

test("/retry after /undo does not ask again what failed before", async () => {
  const model = scripted([["one"]]);
  const { session } = begin(model);
  await session.say("First");
  await session.say("Second");
  await session.command("/undo");
  await session.command("/retry").catch(() => {});
  expect(model.requests).toHaveLength(2);
});

test("/save asks before it replaces a file", async () => {
  const file = join(folder, "a b.txt");
  writeFileSync(file, "mine");
  const { session, notes } = begin(scripted([["one"]]), ["n", "y"]);
  await session.say("First");
  notes();
  await session.command(`/save "${file}"`);
  expect([readFileSync(file, "utf8"), notes()]).toEqual(["mine", expect.stringContaining("nothing was saved")]);
  await session.command("/save ~/a\\ b.txt");
  expect([readFileSync(file, "utf8"), notes()]).toEqual([
    expect.stringContaining("First"),
    expect.stringContaining("2 messages are in"),
  ]);
  await expect(session.command(`/save ${join(folder, "none", "x.txt")}`)).rejects.toThrow("there is no such file");
});

test("paths have quotes, backslashes and ~", () => {
  writeFileSync(join(folder, "it's.txt"), "");
  const paths = ["~/x", "'~/a b'", '"/a b/c"', "/a\\ b", "~/it's.txt", "a b", "~", "C:\\a\\b"];
  expect(paths.map((path) => pathArgument(path, { HOME: folder }))).toEqual([
    `${folder}/x`,
    `${folder}/a b`,
    "/a b/c",
    "/a b",
    `${folder}/it's.txt`,
    "a b",
    folder,
    "C:\\a\\b",
  ]);
  expect(() => pathArgument("'a' 'b'", {})).toThrow("one path");
});

test("/tools lists what the model may call", async () => {
  const now = tool({ name: "now", description: "The time.", input: { type: "object", properties: {} }, run: () => 1 });
  const { session, notes } = begin(scripted([]), [], { tools: [now] });
  await session.command("/tools");
  expect(notes()).toBe("  now  The time.\n");
});

test("a text is copied by the system's program, and else by the terminal", async () => {
  const bin = join(folder, "bin");
  mkdirSync(bin);
  const file = join(folder, "clipboard");
  writeFileSync(join(bin, "xclip"), `#!/bin/sh\ncat > '${file}'\n`);
  writeFileSync(join(bin, "wl-copy"), "#!/bin/sh\nexit 1\n");
  for (const name of ["xclip", "wl-copy"]) chmodSync(join(bin, name), 0o755);
  const stdout = Object.assign(new PassThrough(), { isTTY: true });
  const io = (more: Record<string, string>): Io => ({
    stdin: new PassThrough(),
    stdout,
    stderr: new PassThrough(),
    env: { PATH: `${bin}:${process.env.PATH}`, ...more },
    onInterrupt: () => () => {},
  });
  expect(await copyText("Grüße 👋", io({ DISPLAY: ":0", WAYLAND_DISPLAY: "w" }), "linux")).toBe("copied with xclip");
  expect(readFileSync(file, "utf8")).toBe("Grüße 👋");
  expect(stdout.read()).toBe(null);
  expect(await copyText("Grüße 👋", io({ DISPLAY: ":0", SSH_TTY: "/dev/pts/1" }), "linux")).toContain("OSC 52");
  expect(String(stdout.read())).toBe(`\u001b]52;c;${Buffer.from("Grüße 👋").toString("base64")}\u0007`);
  await copyText("x".repeat(1_000), io({ SSH_TTY: "/dev/pts/1", STY: "1.pts" }), "linux");
  expect(String(stdout.read()).split("\u001bP")).toHaveLength(3);
  writeFileSync(join(bin, "tmux"), `#!/bin/sh\necho "$@" > '${file}'\ncat >> '${file}'\n`, { mode: 0o755 });
  expect(await copyText("x", io({ SSH_TTY: "/dev/pts/1", TMUX: "/tmp/t" }), "linux")).toBe("copied with tmux");
  expect(readFileSync(file, "utf8")).toBe("load-buffer -w -\nx");
  stdout.isTTY = false;
  await expect(copyText("x", io({}), "linux")).rejects.toThrow("there is no clipboard");
});
