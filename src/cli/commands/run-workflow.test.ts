import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { runInProcess } from "../../../test/support/run-in-process.js";

const folder = mkdtempSync(join(tmpdir(), "sluice-run-"));
const env = { SLUICE_DATA: folder, OLLAMA_HOST: "127.0.0.1:9" };
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function run(...words: string[]) {
  return runInProcess(words, env);
}

function file(name: string, workflow: unknown): string {
  const path = join(folder, name);
  writeFileSync(path, typeof workflow === "string" ? workflow : JSON.stringify(workflow));
  return path;
}

test("a new workflow runs: progress on stderr, the answer on stdout", async () => {
  const path = join(folder, "new.json");
  expect((await run("workflow", "new", path)).code).toBe(0);
  const { code, stdout, stderr } = await run("run", path, "-i", "question=Why?", "-m", "echo");
  expect(stdout).toBe("Why?\n");
  expect(stderr).toMatch(/^… answer \(llm_chat\)\n… output \(output\)\n✓ answer \d+\.\d s\n✓ output/);
  expect(code).toBe(0);
  const again = await run("workflow", "new", path);
  expect([again.code, again.stderr]).toEqual([2, expect.stringContaining("cannot be written")]);
});

test("--json prints events, the nested ones too", async () => {
  const path = file("json.json", { inputs: ["x"], steps: [{ id: "a", type: "llm_chat", inputs: { message: "$x" } }] });
  const { stdout } = await run("run", path, "-i", "x=hi", "-m", "echo", "--json");
  const events = stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(events[0]).toMatchObject({ type: "start" });
  expect(events).toContainEqual(expect.objectContaining({ type: "nested", from: "a" }));
  expect(events.at(-1)).toMatchObject({ type: "finish", reason: "stop" });
});

test("what is wrong is said before anything runs, each with its place", async () => {
  const steps = [
    { id: "a", type: "llm_chatt", inputs: {} },
    { id: "b", type: "llm_chat", config: { temprature: 1 }, inputs: { message: { from_step: "aa" } } },
  ];
  const path = file("bad.json", { name: "bad", steps });
  const { code, stdout } = await run("workflow", "check", path);
  expect(stdout).toContain('steps[0].type: there is no type of step "llm_chatt" (did you mean llm_chat?)');
  expect(stdout).toContain(
    'steps[1].config.temprature: llm_chat has no field "temprature" (did you mean temperature?)',
  );
  expect(stdout).toContain('steps[1].inputs.message.from_step: there is no step "aa"');
  expect(code).toBe(2);
  expect(await run("run", path, "-m", "echo")).toMatchObject({ code: 2, stdout: "" });
});

test("a run that waits says how it goes on, and goes on with the answer", async () => {
  const steps = [
    { id: "review", type: "human_approval", config: { prompt: "Publish?" }, routes: { approve: "yes", reject: "no" } },
    { id: "yes", type: "output", config: { format: "text" }, inputs: { said: "published" } },
    { id: "no", type: "output", config: { format: "text" }, inputs: { said: "dropped" } },
  ];
  const path = file("wait.yaml", `name: ask\nsteps: ${JSON.stringify(steps)}\n`);
  const first = await run("run", path, "--run-id", "ask1", "-m", "echo");
  expect([first.code, first.stdout]).toEqual([5, ""]);
  expect(first.stderr).toContain("? Publish?\n  approve | reject\n  sluice runs resume ask1 --answer");
  expect((await run("runs", "list", "--status", "waiting")).stdout).toMatch(/^ask1 .* waiting {2}ask\n$/);
  const wrong = await run("runs", "resume", "ask1", "-a", "perhaps", "-m", "echo");
  expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringContaining('"approve", "reject"')]);
  const second = await run("runs", "resume", "ask1", "-a", "reject", "-m", "echo");
  expect([second.code, second.stdout]).toEqual([0, "dropped\n"]);
  expect((await run("runs", "show", "ask1")).stdout).toContain("✓ review");
  expect((await run("runs", "cancel", "none")).code).toBe(3);
});

test("a workflow is drawn, and its format is published", async () => {
  const steps = [
    {
      id: "ask",
      type: "condition",
      config: { left_value: 1, operator: "==", right_value: 1 },
      routes: { true: "a", false: "end" },
    },
    { id: "a", type: "output", inputs: { x: 1 } },
  ];
  const path = file("graph.json", { steps });
  const { stdout } = await run("workflow", "graph", path);
  expect(stdout).toContain('n0{"ask<br/><small>condition</small>"}');
  expect(stdout).toContain('n0 ==>|"true"| n1');
  const picture = join(folder, "graph.svg");
  await run("workflow", "graph", path, "--format", "svg", "-o", picture);
  expect(readFileSync(picture, "utf8")).toMatch(/^<svg [\s\S]*>ask<[\s\S]*<\/svg>\n$/);
  const schema = JSON.parse((await run("workflow", "schema")).stdout);
  expect(schema.$defs.step.properties.type.enum).toContain("llm_chat");
});
