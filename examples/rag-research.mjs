// Answers from files: the guides of this project are cut at their headings and searched; what is found is the context of the answer.
import { readdir, readFile } from "node:fs/promises";
import { defineModel } from "sluice";
import { Agent, searchMemory, signature } from "sluice/agents";

const folder = new URL("../docs/", import.meta.url);
// By words; SLUICE_EMBEDDER=openai/text-embedding-3-small finds by meaning as well.
const library = searchMemory({ embedder: process.env.SLUICE_EMBEDDER });

for (const file of (await readdir(folder)).filter((name) => name.endsWith(".md"))) {
  const text = await readFile(new URL(file, folder), "utf8");
  const parts = text.split(/^(?=#+ )/m).map((part) => part.trim());
  await library.add(
    "docs",
    ...parts.filter((part) => part.length > 80).map((part) => `[${file}] ${part.slice(0, 4_000)}`),
  );
}
console.log(`${(await library.list("docs")).length > 100 ? "more than 100" : "few"} parts`);

// Without a model of your own (SLUICE_MODEL) the answer is an extract, by no model at all: the first sentence of the best part.
const extract = defineModel({
  id: "extract",
  *stream({ messages }) {
    const [, source = "", text = ""] = /context:\n\[([^\]]+)\] ([\s\S]*)/.exec(messages.at(-1).content) ?? [];
    const [sentence = ""] = /[A-Z`][^.\n]*\./.exec(text.replace(/^#.*\n/, "")) ?? [];
    yield JSON.stringify({ answer: sentence, sources: [source] });
  },
});
const researcher = new Agent({
  model: process.env.SLUICE_MODEL ?? extract,
  signature: signature("question, context -> answer, sources: string[]", {
    instructions: "Answer from the context alone, and name the files that you used.",
  }),
});

for (const question of ["What is toolSearch for?", "zyzzyva quux"]) {
  const found = await library.search("docs", question, 3);
  if (found.length === 0) {
    console.log(`nothing is written about ${question}`);
    continue;
  }
  const context = found.map(({ text }) => text).join("\n\n");
  const { answer, sources } = (await researcher.run({ question, context })).outputs;
  console.log(
    `${answer}\nfrom ${sources.join(", ")}, of ${found.map(({ text }) => /\[(.*?)\]/.exec(text)[1]).join(", ")}`,
  );
}
