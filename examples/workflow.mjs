// A workflow: two steps at once, a person who decides, and a run that goes on with the answer.
import { scripted } from "sluice";
import { answerQuestion, loadWorkflow, MemoryEngine, resumeRun } from "sluice/workflows";

const document = {
  name: "note",
  inputs: { topic: { type: "string" } },
  steps: [
    { id: "history", type: "llm_chat", config: { model: "historian" }, inputs: { message: "The history of {topic}" } },
    { id: "today", type: "llm_chat", config: { model: "reporter" }, inputs: { message: "{topic} today" } },
    {
      id: "review",
      type: "human_approval",
      config: { prompt: "Publish this?", timeout_seconds: 0 },
      inputs: { text: "{history} {today}" },
      routes: { approve: "publish", reject: "drop" },
    },
    { id: "publish", type: "output", config: { format: "text" }, inputs: { text: "Published: {history} {today}" } },
    { id: "drop", type: "output", config: { format: "text" }, inputs: { text: "Dropped." } },
  ],
};
const models = {
  historian: scripted([["Sluices ", "are old."]]),
  reporter: scripted([["They are ", "everywhere."]]),
};

const engine = new MemoryEngine();
const workflow = await loadWorkflow(document, { models });
const first = workflow.run({ inputs: { topic: "sluices" }, engine });
for await (const event of first.stream) {
  if (event.type === "nested" && event.event.type === "text-delta") console.log(`[${event.from}]`, event.event.text);
  if (event.type === "input-request") console.log("?", event.message);
}

const { runId, questions } = await first.result;
await answerQuestion(engine, runId, questions[0].id, "approve");
const second = await resumeRun(engine, runId, { models });
for await (const text of second.stream.text) process.stdout.write(text);
console.log();
