// Tools while the answer streams: arguments as they are written, progress while a tool runs, results, and text before and after.
import { scripted } from "sluice";
import { Agent } from "sluice/agents";
import { tool } from "sluice/tools";

const level = tool({
  name: "water_level",
  description: "Measures the level of the water at a gate.",
  input: { type: "object", properties: { gate: { type: "string" } }, required: ["gate"] },
  async *run({ gate }) {
    yield { measured: 1 };
    yield { measured: 2 };
    return `${gate}: ${gate === "north" ? 3.2 : 2.9} m`;
  },
});

// Without a model of your own (SLUICE_MODEL) a script calls the tools.
const asks = (callId, gate) => [
  { type: "tool-input-delta", callId, name: "water_level", delta: '{"gate":' },
  { type: "tool-input-delta", callId, name: "water_level", delta: `"${gate}"}` },
  { type: "tool-call", callId, name: "water_level", input: { gate } },
];
const script = [
  ["Let me look. ", ...asks("a", "north"), ...asks("b", "south")],
  ["The north gate ", "is higher."],
];
const agent = new Agent({ model: process.env.SLUICE_MODEL ?? scripted(script), tools: [level] });

for await (const event of agent.stream("Which gate has more water?")) {
  if (event.type === "text-delta") process.stdout.write(event.text);
  if (event.type === "tool-input-delta") process.stdout.write(`{${event.delta.length}}`);
  if (event.type === "tool-call") console.log(`\ncall ${event.callId}: ${JSON.stringify(event.input)}`);
  if (event.type !== "tool-result") continue;
  if (event.preliminary === undefined) console.log(`\nresult ${event.callId}: ${event.output}`);
}
console.log();
