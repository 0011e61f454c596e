// A coding helper: it plans, reads a skill, looks at files below one folder, has another agent review, and checks in a sandbox.
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { scripted } from "sluice";
import { Agent, codeTool, fileTools, readSkills, signature } from "sluice/agents";

const folder = await mkdtemp(join(tmpdir(), "coding-helper-"));
await mkdir(join(folder, "skills/house-style"), { recursive: true });
await mkdir(join(folder, "project"));
await writeFile(
  join(folder, "skills/house-style/SKILL.md"),
  "---\nname: house-style\ndescription: How code is written here. Use it before you change code.\n---\nUse const. No loops where reduce does.\n",
);
await writeFile(join(folder, "project/sum.js"), "var s = 0; for (const n of numbers) s += n;\n");

// Without a model of your own (SLUICE_MODEL) scripts decide; skills, files and the sandbox are real.
const call = (callId, name, input) => ({ type: "tool-call", callId, name, input });
const items = ["read the style", "rewrite sum.js", "check it"].map((text, index) => ({
  text,
  status: index ? "open" : "running",
}));
const written = "const sum = (numbers) => numbers.reduce((all, n) => all + n, 0);\n";
const helping = scripted([
  [call("1", "plan", { items }), call("2", "skill", { skill: "house-style" })],
  [call("3", "read_file", { path: "sum.js" })],
  [call("4", "write_file", { path: "sum.js", text: written })],
  [call("5", "reviewer", { code: written }), call("6", "run_code", { code: `${written}sum([1, 2, 3])` })],
  ["sum.js is rewritten in the house's style; ", "the review found nothing, and sum([1, 2, 3]) is 6."],
]);
const model = process.env.SLUICE_MODEL;

const reviewer = new Agent({
  name: "reviewer",
  description: "Reviews code, and says what is wrong with it.",
  signature: signature("code -> review"),
  model: model ?? scripted([["Nothing is wrong with it."]]),
});
const helper = new Agent({
  model: model ?? helping,
  instructions: "You change code in a small project. Keep to its style, have changes reviewed, and run what you can.",
  plan: true,
  skills: await readSkills(join(folder, "skills")),
  tools: [
    ...(await fileTools(join(folder, "project"), { write: true, approval: false })),
    codeTool(),
    reviewer.asTool(),
  ],
});

for await (const event of helper.stream("Rewrite sum.js.")) {
  if (event.type === "data" && event.name === "agent/plan")
    console.log(`plan: ${event.value.items.map(({ text }) => text).join(", ")}`);
  if (event.type === "nested" && event.event.type === "text-delta") console.log(`${event.from}: ${event.event.text}`);
  if (event.type === "tool-result") console.log(`${event.name}: ${JSON.stringify(event.output).slice(0, 60)}`);
  if (event.type === "text-delta") process.stdout.write(event.text);
}
console.log(`\n${(await readFile(join(folder, "project/sum.js"), "utf8")).trim()}`);
await rm(folder, { recursive: true });
