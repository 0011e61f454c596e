import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { runInProcess } from "../../../test/support/run-in-process.js";

const folder = mkdtempSync(join(tmpdir(), "sluice-templates-"));
afterAll(() => rmSync(folder, { recursive: true }));
const env = { SLUICE_DATA: folder };
const made = (name: string, text: string) => runInProcess(["templates", "new", name], env, text);
const ask = (words: string[], input = "") => runInProcess(["ask", "-q", "-m", "echo", ...words], env, input);

test("a template is made from stdin, listed, shown, filled in and forgotten", async () => {
  const text =
    "---\ndescription: Sums up.\ninputs: { words: 9 }\n---\nIn {{ words }} words, {{ tone | upcase }}: {{ input }}\n";
  const { code, stdout } = await made("sum", text);
  expect([code, stdout]).toEqual([0, `${join(folder, "templates", "sum.md")}\n`]);
  expect((await runInProcess(["templates", "list"], env)).stdout).toBe("sum  Sums up.\n");
  expect((await runInProcess(["templates", "show", "sum"], env)).stdout).toBe(text);
  const filled = await ask(["-t", "sum", "-i", "tone=dry", "Take"], "this.");
  expect(filled.stdout).toBe("In 9 words, DRY: Take\n\nthis.\n");
  expect(
    (await ask(["-t", "sum", "-i", "tone=dry", "-i", `words=@${join(folder, "templates/sum.md")}`, "x"])).stdout,
  ).toContain("In ---\ndescription");
  expect((await runInProcess(["templates", "delete", "sum"], env)).code).toBe(0);
  expect(existsSync(join(folder, "templates", "sum.md"))).toBe(false);
});

test("without a place for it, what is asked comes at the end; a template may ask alone", async () => {
  await made("joke", "Tell a joke.");
  expect((await ask(["-t", "joke"])).stdout).toBe("Tell a joke.\n");
  expect((await ask(["-t", "joke", "About cats."])).stdout).toBe("Tell a joke.\n\nAbout cats.\n");
});

test("model and settings of a template hold where nobody says otherwise", async () => {
  await made("set", "---\nmodel: opnai/x\ntemperature: 0.5\nsystem: Be {{ tone }}.\ninputs: { tone: null }\n---\nHi");
  const { stderr } = await runInProcess(["ask", "-t", "set"], env);
  expect(stderr).toContain('there is no provider "opnai"');
  expect((await ask(["-t", "set"])).stdout).toBe("Hi\n");
});

test("a document of a prompt library is a template, too", async () => {
  const content = [
    { role: "system", content: "Be dry." },
    { role: "user", content: { template: "Greet {{ name }}.", required_variables: ["name"] } },
  ];
  writeFileSync(join(folder, "templates", "greet.json"), JSON.stringify({ id: "greet", content }));
  expect((await ask(["-t", "greet", "-i", "name=Ada"])).stdout).toBe("Greet Ada.\n");
  expect((await ask(["-t", "greet"])).stderr).toContain("the prompt greet 1.0.0 needs name");
});

test("edit opens the editor, and says what is wrong with what was written", async () => {
  const editor = join(folder, "my editor");
  writeFileSync(editor, '#!/bin/sh\nprintf "%s" "$2" > "$3"\n');
  chmodSync(editor, 0o755);
  const edit = (text: string) =>
    runInProcess(["templates", "edit", "mine"], {
      ...env,
      EDITOR: `"${editor}" -- "${text}"`,
      PATH: process.env.PATH ?? "",
    });
  expect((await edit("Say hi.")).code).toBe(0);
  expect(readFileSync(join(folder, "templates", "mine.md"), "utf8")).toBe("Say hi.");
  expect((await edit("Say {% if %}")).stderr).toContain("this is no template");
  const gone = { ...env, EDITOR: "/nowhere/editor" };
  expect((await runInProcess(["templates", "edit", "mine"], gone)).stderr).toContain("cannot be started");
  expect((await runInProcess(["templates", "list"], env)).stdout).toContain("mine  (broken: ");
  rmSync(join(folder, "templates", "mine.md"));
});

test("a new template without stdin is one to begin with", async () => {
  await made("begin", "");
  expect((await ask(["-t", "begin", "A text."])).stdout).toBe("Summarise in 50 words:\n\nA text.\n");
  expect((await made("begin", "")).stderr).toContain("there is one: sluice templates edit");
});

test.each([
  [["-t", "jok"], 3, "did you mean joke?"],
  [["-t", "none-like-it"], 3, "there is no template"],
  [["-t", "begin"], 2, "the template begin needs input: give a prompt"],
  [["-t", "joke", "-i", "name=x"], 2, "the template joke has no place name"],
  [["-t", "begin", "-i", "word=1", "x"], 2, "did you mean words?"],
  [["-i", "a=b", "x"], 2, "--input is for --template"],
  [["-t", "joke", "-i", "a"], 2, "allowed: name=value"],
  [["-t", "./nowhere.md"], 2, "cannot be read"],
])("ask %j ends with code %i", async (words, code, why) => {
  const ended = await ask(words);
  expect([ended.code, ended.stdout, ended.stderr]).toEqual([code, "", expect.stringContaining(why)]);
});

test.each([
  ["bad/name", "text", "NAME: found"],
  ["..", "text", "NAME: found"],
  ["typo", "---\nmodle: x\n---\nHi", "did you mean model?"],
  ["hot", "---\ntemperature: 9\n---\nHi", "temperature"],
])("templates new %s is refused, and leaves nothing", async (name, text, why) => {
  const ended = await made(name, text);
  expect([ended.code, ended.stderr]).toEqual([2, expect.stringContaining(why)]);
  expect(existsSync(join(folder, "templates", `${name}.md`))).toBe(false);
});

test("braces of code and of what is asked stay as they are", async () => {
  await made("code", `f"{x}" and \${infile} and {% raw %}{{ raw }}{% endraw %}: {{ input }}`);
  expect((await ask(["-t", "code"], "My name is {{ name }} {% if %}")).stdout).toBe(
    `f"{x}" and \${infile} and {{ raw }}: My name is {{ name }} {% if %}\n`,
  );
});
