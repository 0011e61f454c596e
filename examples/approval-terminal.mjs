// A person allows what a tool does, from the terminal: y, n, or a reason why not. No answer means no.
import { createInterface } from "node:readline/promises";
import { defineModel } from "sluice";
import { Agent } from "sluice/agents";
import { approve, deny, tool } from "sluice/tools";

const pay = tool({
  name: "pay",
  input: {
    type: "object",
    properties: { to: { type: "string" }, amount: { type: "number" } },
    required: ["to", "amount"],
  },
  approval: ({ amount }) => amount > 10,
  run: ({ to, amount }) => `paid ${amount} to ${to}`,
});

// Without a model of your own (SLUICE_MODEL) a small one calls the tool, and says what came of it.
const clerk = defineModel({
  id: "clerk",
  *stream({ messages }) {
    const last = messages.at(-1);
    if (last.role === "tool") yield `The result: ${last.content.map(({ output }) => output).join(" ")}`;
    else yield { type: "tool-call", callId: "p1", name: "pay", input: { to: "Ada", amount: 50 } };
  },
});

const terminal = createInterface({ input: process.stdin, output: process.stdout });
const closed = new Promise((resolve) => terminal.once("close", () => resolve("")));
const agent = new Agent({
  model: process.env.SLUICE_MODEL ?? clerk,
  tools: [pay],
  async onInput(request) {
    const question = `${request.name} ${JSON.stringify(request.input)}? [y/N] `;
    const said = (await Promise.race([terminal.question(question), closed])).trim();
    if (/^y(es)?$/i.test(said)) return approve(request.id);
    return deny(request.id, /^(no?)?$/i.test(said) ? "nobody allowed it" : said);
  },
});

for await (const text of agent.stream("Pay Ada 50.").text) process.stdout.write(text);
console.log();
terminal.close();
