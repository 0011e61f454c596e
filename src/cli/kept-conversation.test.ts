import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, expect, test } from "vitest";
import { runInProcess } from "../../test/support/run-in-process.js";

const folders: string[] = [];
let env: Record<string, string>;
let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "sluice-kept-"));
  folders.push(home);
  env = { HOME: home, XDG_DATA_HOME: join(home, "data"), OLLAMA_HOST: "127.0.0.1:9" };
});
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

const atTerminal = { isTTY: true };
const messagesOf = async () => {
  const { stdout } = await runInProcess(["conversations", "list", "--json"], env);
  const [last] = JSON.parse(stdout);
  return JSON.parse((await runInProcess(["conversations", "show", last.id, "--json"], env)).stdout).messages;
};

test("a question at a terminal is kept, says where the first time, and -c goes on with it", async () => {
  const first = await runInProcess(["-m", "echo", "My cat is Tom"], env, "", atTerminal);
  expect(first.stderr).toContain(`kept in ${join(home, "data", "sluice", "conversations.db")}; sluice -c goes on`);
  const second = await runInProcess(["-c", "-m", "echo", "And my dog?"], env, "", atTerminal);
  expect([second.code, second.stdout]).toEqual([0, "And my dog?\n"]);
  expect(second.stderr).not.toContain("kept in");
  expect(
    (await messagesOf()).filter(({ message }: { message: { role: string } }) => message.role === "user"),
  ).toMatchObject([{ message: { content: "My cat is Tom" } }, { message: { content: "And my dog?" } }]);
  expect(statSync(join(home, "data", "sluice")).mode & 0o77).toBe(0);
  for (const name of readdirSync(join(home, "data", "sluice")))
    expect(statSync(join(home, "data", "sluice", name)).mode & 0o77, name).toBe(0);
});

test.each([
  ["--no-keep", ["--no-keep"], {}, true],
  ["SLUICE_KEEP=0", [], { SLUICE_KEEP: "0" }, true],
  ["no terminal", [], {}, false],
])("nothing is kept with %s", async (_what, words, more, isTTY) => {
  await runInProcess(["ask", "-m", "echo", ...words, "Hi"], { ...env, ...more }, "", { isTTY });
  expect(readdirSync(home)).toEqual([]);
});

test("a chat at a terminal is kept and gone on with; where it cannot be, that is said", async () => {
  const first = await runInProcess(["chat", "-m", "echo"], env, "One\n", atTerminal);
  expect(first.stderr).toMatch(/conversation \d{8}-\d{4}-[0-9a-f]{6}: begins\nkept in /);
  const second = await runInProcess(["chat", "-c", "-m", "echo"], env, "Two\n", atTerminal);
  expect(second.stderr).toMatch(/conversation \S+: goes on after 2 messages/);
  expect(await messagesOf()).toHaveLength(4);
  writeFileSync(join(home, "file"), "");
  const elsewhere = { ...env, XDG_DATA_HOME: join(home, "file", "below") };
  const third = await runInProcess(["chat", "-m", "echo"], elsewhere, "Three\n", atTerminal);
  expect([third.code, third.stderr]).toEqual([0, expect.stringContaining("this conversation is not kept: ")]);
  const named = await runInProcess(["chat", "-m", "echo", "--conversation", "a"], elsewhere, "Four\n");
  expect([named.code, named.stderr]).toEqual([1, expect.stringContaining("a part of its path is no folder")]);
});

test("with --scrub, what is kept has placeholders", async () => {
  const words = ["ask", "-m", "echo", "--scrub", "--conversation", "private", "Write to ada@example.com"];
  await runInProcess(words, env);
  expect(JSON.stringify(await messagesOf())).not.toContain("ada@example.com");
});

test("--schema and --conversation go together", async () => {
  const file = join(home, "schema.json");
  writeFileSync(file, '{"type":"object","properties":{"a":{"type":"number"}},"required":["a"]}');
  const words = ["ask", "-q", "-m", "echo", "--conversation", "typed", "--schema", file, '/call answer {"a":1}'];
  const { code, stdout } = await runInProcess(words, env);
  expect([code, JSON.parse(stdout)]).toEqual([0, { a: 1 }]);
});

test.each<[string[], Record<string, string>, number, string]>([
  [["-c", "x"], {}, 3, "there is no conversation to go on with"],
  [["-c", "--conversation", "a", "x"], {}, 2, "give one of them"],
  [["-c", "--no-keep", "x"], {}, 2, "--no-keep is for a new conversation"],
  [["x"], { SLUICE_KEEP: "never" }, 2, "SLUICE_KEEP: found"],
])("%j is refused", async (words, more, code, why) => {
  const ended = await runInProcess(["ask", "-m", "echo", ...words], { ...env, ...more }, "", atTerminal);
  expect([ended.code, ended.stdout, ended.stderr]).toEqual([code, "", expect.stringContaining(why)]);
});
