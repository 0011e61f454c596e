import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { runInProcess } from "../../test/support/run-in-process.js";

const folder = mkdtempSync(join(tmpdir(), "sluice-tools-"));
afterAll(() => rmSync(folder, { recursive: true }));
const file = (name: string, text: string) => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};
const MODULE = file(
  "tools.mjs",
  `export default [{ name: "weather", input: { type: "object", properties: { city: { type: "string" } } },
    run: ({ city }) => city + ": 21 °C" }];`,
);
const DEFINITIONS = file(
  "tools.json",
  JSON.stringify([
    { type: "function", function: { name: "stocks", parameters: { type: "object", properties: {} } } },
    { name: "news", description: "News.", input_schema: { type: "object", properties: {} } },
  ]),
);
const SERVER = `${process.execPath} test/tools/mcp-server.mjs`;
const call = (words: string[], text: string) => runInProcess(["ask", "-q", "-m", "echo", ...words, text], {});

test("a module of settings without an import, and definitions, are tools", async () => {
  const words = ["--tools", MODULE, "--tools", DEFINITIONS];
  expect((await call(words, '/call weather {"city": "Oslo"}')).stdout).toContain("Oslo: 21 °C");
  // Nobody is there who could say what it returns.
  expect((await call(words, "/call stocks {}")).code).toBe(0);
});

test("a chat has them, too, and what a definition returns is asked of the person", async () => {
  const input = "/call stocks {}\n42\n";
  const { stdout, stderr } = await runInProcess(
    ["chat", "-m", "echo", "--no-keep", "--tools", DEFINITIONS],
    {},
    input,
    { isTTY: true },
  );
  expect(stderr).toContain("stocks {}: what does it return?");
  expect(stdout).toContain("42");
});

test("the tools of an MCP server have its name before theirs, and those that may change something are asked about", async () => {
  const words = ["--mcp", `s=${SERVER}`];
  const { code, stdout, stderr } = await call(words, '/call s_add {"a": 2, "b": 3}');
  expect([code, stderr]).toEqual([0, expect.not.stringContaining("5")]);
  expect(stdout).toContain("denied");
  expect((await call([...words, "--yes"], '/call s_add {"a": 2, "b": 3}')).stdout).toContain("5");
});

test.each([
  [["--tools", join(folder, "nowhere.mjs")], 2, "a file of tools that can be read"],
  [["--tools", file("empty.mjs", "export const x = 1;")], 2, "default export: found nothing"],
  [["--tools", file("one.mjs", "export default 1;")], 2, "a tool, as tool() makes it"],
  [["--tools", file("broken.json", "[{]")], 2, "a file of tools that can be read"],
  [["--tools", file("nameless.json", '{"parameters":{}}')], 2, "the name of a tool"],
  [["--tools", MODULE, "--tools", MODULE], 2, "a name that no other tool has"],
  [["--mcp", "/nowhere/server"], 3, "connect-failed"],
  [["--mcp", "'x"], 2, "that is closed"],
  [["--mcp", " "], 2, "a command line"],
])("%j ends with code %i, before anybody is asked", async (words, code, why) => {
  const ended = await call(words, "hi");
  expect([ended.code, ended.stdout, ended.stderr]).toEqual([code, "", expect.stringContaining(why)]);
});
