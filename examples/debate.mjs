// Two agents argue, a third decides: all speak into one stream, and each step says who.
import { scripted } from "sluice";
import { Agent, debate } from "sluice/agents";

// Without a model of your own (SLUICE_MODEL) scripts argue.
const speaker = (name, instructions, lines) =>
  new Agent({ name, instructions, model: process.env.SLUICE_MODEL ?? scripted(lines.map((line) => [line])) });

const argument = debate({
  members: [
    speaker("pro", "Argue for it.", ["Locks save water.", "They pay for themselves."]),
    speaker("con", "Argue against it.", ["Locks cost money.", "Only on busy canals."]),
  ],
  judge: speaker("judge", "Decide fairly.", ["On busy canals, build locks."]),
  rounds: 2,
});

const stream = argument.stream({ messages: [{ role: "user", content: "Should we build locks?" }] });
for await (const event of stream) {
  if (event.type === "step-start") process.stdout.write(`\n${event.agent}: `);
  if (event.type === "text-delta") process.stdout.write(event.text);
}
console.log(`\n${await stream.finishReason}`);
