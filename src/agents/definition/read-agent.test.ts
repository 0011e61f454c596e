import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runInProcess } from "../../../test/support/run-in-process.js";
import { scripted } from "../../models/scripted.js";
import { readAgent } from "./read-agent.js";

let root = "";

const write = async (path: string, text: string) => {
  const full = join(root, path);
  await mkdir(join(full, ".."), { recursive: true });
  await writeFile(full, text);
  return full;
};

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "agents-"));
});
afterAll(() => rm(root, { recursive: true }));

test("a folder is an agent: settings and instructions in Markdown, its tools, its skills", async () => {
  await write("helper/agent.md", "---\nname: helper\ntools: [./tools.mjs]\nplan: true\n---\nBe kind.\n");
  await write(
    "helper/tools.mjs",
    "export default { definition: { name: 'now', inputSchema: {} }, readInput: (value) => ({ value }), run: () => 12 };",
  );
  await write("helper/skills/brief/SKILL.md", "---\nname: brief\ndescription: Writes briefly.\n---\nBe brief.");
  const model = scripted([["Hello."]]);
  const agent = await readAgent(join(root, "helper"), { model });
  expect(agent.name).toBe("helper");
  expect(await agent.chat("Hi")).toBe("Hello.");
  expect(model.requests[0]?.tools?.map(({ name }) => name)).toEqual(["now", "skill", "skill_file", "plan"]);
  expect(String(model.requests[0]?.messages[0]?.content)).toMatch(/^Be kind\.[\s\S]*- brief: Writes briefly\.$/);
});

test("a file of YAML names its signature and limits", async () => {
  const file = await write("qa.yaml", 'signature: "question -> answer, sure: boolean"\nlimits: { maxSteps: 2 }\n');
  const agent = await readAgent(file, { model: scripted([['{"answer": "yes", "sure": true}']]) });
  expect((await agent.run({ question: "?" } as never)).outputs).toEqual({ answer: "yes", sure: true });
});

test.each([
  ["misspelt.yaml", "instruction: x", "did you mean instructions?"],
  ["twice.md", "---\ninstructions: x\n---\ny", "the text below"],
  ["agent.txt", "x", ".yaml"],
  ["list.yaml", "- x", "list.yaml"],
  ["no-model.yaml", "name: x", "model"],
  ["no-tool.yaml", "tools: [./nowhere.mjs]", "that can be read"],
  ["no-agent.mjs", "export default 1;", "an Agent"],
])("%s is refused", async (name, text, message) => {
  await expect(readAgent(await write(name, text))).rejects.toMatchObject({
    code: "invalid-argument",
    message: expect.stringContaining(message),
  });
});

test("the command answers each line of stdin as one conversation, with the model of the file", async () => {
  const file = await write("echo.md", "---\nmodel: echo\n---\nBe kind.");
  const { code, stdout } = await runInProcess(["agent", file], {}, "one\ntwo\n");
  expect(code).toBe(0);
  expect(stdout).toContain("one");
  expect(stdout).toContain("two");
});

test("the command says what is wrong with a file", async () => {
  const { code, stderr } = await runInProcess(["agent", join(root, "nowhere.md")], {});
  expect(code).not.toBe(0);
  expect(stderr).toContain("nowhere.md");
});
