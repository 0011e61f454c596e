import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { call } from "../../../test/support/tool-events.js";
import { scripted } from "../../models/scripted.js";
import { type ChatMessage, resultsOf } from "../../stream/message.js";
import { tool } from "../../tools/tool.js";
import { Agent } from "../agent.js";
import { readSkills } from "./read-skills.js";

let root = "";

const write = async (path: string, text: string | Uint8Array) => {
  await mkdir(join(root, path, ".."), { recursive: true });
  await writeFile(join(root, path), text);
};

beforeAll(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), "skills-")));
  await write("secret.txt", "secret");
  await write(
    "good/pdf-forms/SKILL.md",
    "---\nname: pdf-forms\ndescription: |\n  Fills forms.\n  Use it for PDF.\nlicense: MIT\nmetadata:\n  author: ada\n---\n\n# Forms\n\nSee references/fields.md.\n",
  );
  await write("good/pdf-forms/references/fields.md", "The fields.");
  await write("good/pdf-forms/image.bin", Uint8Array.of(0xff, 0xfe, 0));
  await write("good/brief/SKILL.md", "---\nname: brief\ndescription: Writes briefly.\n---\nBe brief.");
  await write("good/README.md", "No skill.");
  await symlink(join(root, "secret.txt"), join(root, "good/pdf-forms/link.txt"));
  await symlink(root, join(root, "good/pdf-forms/up"));
});

afterAll(() => rm(root, { recursive: true }));

const results = (messages: readonly ChatMessage[]) =>
  messages.flatMap((message) => (message.role === "tool" ? resultsOf(message) : []));

test("the model is told of each skill in a line, and reads its body and files when it needs them", async () => {
  const skills = await readSkills(join(root, "good"));
  expect(skills.map(({ name }) => name)).toEqual(["brief", "pdf-forms"]);
  expect(skills[1]).toMatchObject({ license: "MIT", metadata: { author: "ada" } });
  const model = scripted([
    [call("1", "skill", { skill: "pdf-forms" })],
    [call("2", "skill_file", { skill: "pdf-forms", path: "references/fields.md" })],
    ["done"],
  ]);
  const agent = new Agent({ model, instructions: "Be kind.", skills });
  const { messages } = await agent.run("Fill it.");
  const system = String(model.requests[0]?.messages[0]?.content);
  expect(system.startsWith("Be kind.\n\nYou have skills")).toBe(true);
  expect(system.split("\n").slice(-2)).toEqual([
    "- brief: Writes briefly.",
    "- pdf-forms: Fills forms. Use it for PDF.",
  ]);
  expect(system).not.toContain("# Forms");
  expect(results(messages).map(({ output }) => output)).toEqual([
    "# Forms\n\nSee references/fields.md.\n\nFiles, for skill_file:\nimage.bin\nreferences/fields.md",
    "The fields.",
  ]);
});

test.each([
  ["../secret.txt", "without .."],
  ["references/../../../secret.txt", "without .."],
  ["/etc/passwd", "without .."],
  ["references\\fields.md", "without .."],
  ["link.txt", "no link"],
  ["up/secret.txt", "no link"],
  ["references", "a file"],
  ["image.bin", "UTF-8"],
  ["missing.md", "a file of the skill"],
  ["", "without .."],
])("the path %j is refused to the model", async (path, message) => {
  const [skill] = await readSkills(join(root, "good/pdf-forms"));
  if (skill === undefined) throw new Error("no skill");
  const model = scripted([[call("1", "skill_file", { skill: "pdf-forms", path })], ["done"]]);
  const { messages } = await new Agent({ model, skills: [skill] }).run("Read it.");
  const [result] = results(messages);
  expect(result).toMatchObject({ isError: true });
  const text = JSON.stringify(result?.output);
  expect(text).toContain(message);
  expect(text).not.toContain(root);
});

test("a skill that there is not is refused to the model, with those that there are", async () => {
  const model = scripted([[call("1", "skill", { skill: "pdf" })], ["done"]]);
  const skills = await readSkills(join(root, "good"));
  const { messages } = await new Agent({ model, skills }).run("Go.");
  const [result] = results(messages);
  expect(result).toMatchObject({ isError: true });
  expect(JSON.stringify(result?.output)).toContain("pdf-forms");
});

test.each([
  ["no-front", "# Only Markdown", "between two lines of ---"],
  ["no-end", "---\nname: no-end\n", "between two lines of ---"],
  ["broken", "---\nname: [\n---\n", "that is YAML"],
  ["a-list", "---\n- name\n---\n", "an object of YAML"],
  ["no-name", "---\ndescription: x\n---\n", "name"],
  ["no-text", "---\nname: no-text\n---\n", "description"],
  ["misspelt", "---\nname: misspelt\ndescription: x\nlicence: MIT\n---\n", "did you mean license?"],
  ["other", "---\nname: another\ndescription: x\n---\n", "the name of its folder, other"],
  ["Upper", "---\nname: Upper\ndescription: x\n---\n", "a–z"],
  ["long-text", `---\nname: long-text\ndescription: ${"x".repeat(1025)}\n---\n`, "1024"],
  ["n".repeat(65), `---\nname: ${"n".repeat(65)}\ndescription: x\n---\n`, "1 to 64"],
])("a SKILL.md that does not fit is refused: %s", async (name, text, message) => {
  await write(`bad-${name}/${name}/SKILL.md`, text);
  await expect(readSkills(join(root, `bad-${name}`))).rejects.toMatchObject({
    code: "invalid-argument",
    message: expect.stringContaining(message),
  });
});

test("folders without skills, links in place of them and names that are there twice are refused", async () => {
  const good = join(root, "good");
  await expect(readSkills(join(root, "nowhere"))).rejects.toThrow("can be read");
  await expect(readSkills(join(good, "pdf-forms/references"))).rejects.toThrow("with a SKILL.md");
  await expect(readSkills(good, good)).rejects.toThrow("no other skill");
  await mkdir(join(root, "linked"));
  await symlink(join(good, "brief"), join(root, "linked/brief"));
  await expect(readSkills(join(root, "linked"))).rejects.toThrow("no links");
});

test("what cannot go together is refused when the agent is made", async () => {
  const model = scripted([]);
  expect(() => new Agent({ model, skills: ["pdf"] as never })).toThrow("readSkills()");
  const skills = await readSkills(join(root, "good"));
  const own = tool({ name: "skill", input: { type: "object" }, run: () => "" });
  expect(() => new Agent({ model, skills, tools: [own] })).toThrow("a name that no other tool has");
});
