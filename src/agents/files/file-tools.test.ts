import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { JsonValue } from "../../base/json.js";
import { scripted } from "../../models/scripted.js";
import type { ChatEvent } from "../../stream/chat-event.js";
import { openRequests } from "../../tools/history.js";
import type { Tool } from "../../tools/tool.js";
import { Agent } from "../agent.js";
import { bufferMemory } from "../memory/conversation-memory.js";
import { fileTools } from "./file-tools.js";

let outside = "";
let folder = "";
beforeAll(async () => {
  outside = await mkdtemp(join(tmpdir(), "sluice-files-"));
  folder = join(outside, "notes");
  await mkdir(join(folder, "deep"), { recursive: true });
  await writeFile(join(outside, "secret.txt"), "the secret");
  await writeFile(join(folder, "a.txt"), "one\nTwo locks\n");
  await writeFile(join(folder, "deep", "b.md"), "three locks");
  await writeFile(join(folder, ".hidden"), "locks");
  await writeFile(join(folder, "c.bin"), Buffer.from([0xff, 0xfe, 0x00]));
  await symlink(join(outside, "secret.txt"), join(folder, "link.txt"));
  await symlink(outside, join(folder, "up"));
  await symlink(join(outside, "nowhere.txt"), join(folder, "dangling.txt"));
});
afterAll(() => rm(outside, { recursive: true, force: true }));

async function run(tools: readonly Tool[], name: string, input: JsonValue) {
  const call: ChatEvent = { type: "tool-call", callId: "1", name, input };
  const { messages } = await new Agent({ model: scripted([[call], ["done"]]), tools }).run("Go.");
  const [result] = messages.flatMap(({ role, content }) => (role === "tool" ? content : []));
  if (result?.type !== "tool-result") throw new Error("no result");
  return result;
}

test("files are listed, searched and read", async () => {
  const tools = await fileTools(folder);
  expect((await run(tools, "list_files", {})).output).toEqual(["a.txt", "c.bin", "deep/b.md"]);
  expect((await run(tools, "search_files", { text: "LOCKS" })).output).toEqual([
    "a.txt:2: Two locks",
    "deep/b.md:1: three locks",
  ]);
  expect((await run(tools, "read_file", { path: "deep/b.md" })).output).toBe("three locks");
  expect(tools.map(({ definition }) => definition.name)).not.toContain("write_file");
});

test("a file is written where somebody allows it, whole, in new folders", async () => {
  const call: ChatEvent = {
    type: "tool-call",
    callId: "1",
    name: "write_file",
    input: { path: "x/y.txt", text: "new" },
  };
  const memory = bufferMemory();
  const asking = new Agent({ model: scripted([[call]]), memory, tools: await fileTools(folder, { write: true }) });
  await expect(asking.chat("Write.")).rejects.toMatchObject({ code: "input-required" });
  expect(openRequests(await memory.messages("default"))).toHaveLength(1);
  const tools = await fileTools(folder, { write: true, approval: false });
  expect((await run(tools, "write_file", { path: "x/y.txt", text: "new" })).output).toBe("written");
  expect((await run(tools, "write_file", { path: "x/y.txt", text: "newer" })).output).toBe("written");
  expect(await readFile(join(folder, "x", "y.txt"), "utf8")).toBe("newer");
  expect(await readdir(join(folder, "x"))).toEqual(["y.txt"]);
});

const ESCAPES = [
  "../secret.txt",
  "deep/../../secret.txt",
  "/etc/passwd",
  "link.txt",
  "up/secret.txt",
  "up/new.txt",
  "up/new/new.txt",
  "dangling.txt",
  "deep\\..\\..\\secret.txt",
  "c:/windows",
  "a.txt\0.md",
  ".",
  "",
];

test.each(ESCAPES)("%j is neither read nor written", async (path) => {
  const tools = await fileTools(folder, { write: true, approval: false });
  for (const [name, input] of [
    ["read_file", { path }],
    ["write_file", { path, text: "broken in" }],
  ] as const) {
    const result = await run(tools, name, input);
    expect(result.isError).toBe(true);
    expect(JSON.stringify(result.output)).not.toContain(outside);
    expect(JSON.stringify(result.output)).not.toContain("the secret");
  }
  expect((await readdir(outside)).sort()).toEqual(["notes", "secret.txt"]);
  expect(await readFile(join(outside, "secret.txt"), "utf8")).toBe("the secret");
});

test("no path of these parts leaves the folder", async () => {
  const tools = await fileTools(folder, { write: true, approval: false });
  const part = fc.constantFrom("..", ".", "", "up", "deep", "link.txt", "notes", "secret.txt", "new", "~", "%2e%2e");
  await fc.assert(
    fc.asyncProperty(fc.array(part, { minLength: 1, maxLength: 5 }), async (parts) => {
      await run(tools, "write_file", { path: parts.join("/"), text: "broken in" });
      expect((await readdir(outside)).sort()).toEqual(["notes", "secret.txt"]);
      expect(await readFile(join(outside, "secret.txt"), "utf8")).toBe("the secret");
    }),
    { numRuns: 60 },
  );
});

test("what is too long, and no text, is refused, and so is what is no folder", async () => {
  const tools = await fileTools(folder, { write: true, approval: false, maxBytes: 8 });
  expect((await run(tools, "read_file", { path: "deep/b.md" })).isError).toBe(true);
  expect((await run(tools, "write_file", { path: "long.txt", text: "x".repeat(9) })).isError).toBe(true);
  expect((await run(tools, "read_file", { path: "c.bin" })).isError).toBe(true);
  await expect(fileTools(join(folder, "a.txt"))).rejects.toThrow("a folder");
  await expect(fileTools(join(folder, "none"))).rejects.toMatchObject({ code: "invalid-argument" });
  await expect(fileTools(folder, { writes: true } as never)).rejects.toThrow("did you mean write?");
});
