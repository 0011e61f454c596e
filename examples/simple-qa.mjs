// Questions and typed answers: a signature says what goes in and what comes out; what does not fit is refused before any model is asked.
import { scripted } from "sluice";
import { Agent, signature } from "sluice/agents";

// Without a model of your own (SLUICE_MODEL=openai/gpt-5-mini) a script answers.
const script = [
  ['{"answer": "About 11 km, ', 'at its deepest.", "confidence": 0.95, "reasoning": "The context says so."}'],
  ['{"answer": "Perhaps eight.", "confidence": 0.3, "reasoning": "Nothing says so."}'],
];
const model = process.env.SLUICE_MODEL ?? scripted(script);

const qa = new Agent({
  model,
  signature: signature("question, context? -> answer, confidence: number, reasoning", {
    instructions: "Answer briefly, from the context where there is one. The confidence is from 0 to 1.",
  }),
  hooks: {
    onStart({ inputs }) {
      if (String(inputs?.question).trim() === "") throw new Error("the question is blank");
    },
  },
});

for (const inputs of [
  { question: "How deep is the trench?", context: "The Mariana Trench is 10,935 m deep." },
  { question: "How many sluices has the canal?" },
]) {
  const run = qa.stream(inputs);
  for await (const partial of run.partials) if (partial.answer) process.stdout.write(".");
  const { answer, confidence } = await run.outputs;
  console.log(`\n${answer} (${confidence}${confidence < 0.5 ? ", not sure" : ""})`);
}

for (const wrong of [{ question: " " }, { qestion: "How?" }]) {
  await qa.run(wrong).catch((error) => console.log(`refused: ${error.message}`));
}
