// Every event of an answer, then what it cost and how fast it was.
import { echo, stream } from "sluice";

const answer = stream(process.env.SLUICE_MODEL ?? echo(), "Count to three.");

for await (const event of answer)
  console.log(event.type, event.type === "text-delta" ? JSON.stringify(event.text) : "");

console.log(await answer.usage);
console.log(`first token after ${answer.timing.ttftMs?.toFixed(0)} ms, ${answer.timing.deltas} deltas`);
