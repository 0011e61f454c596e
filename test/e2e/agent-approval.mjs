// An agent in an agent in an agent that asks whether it may pay. Prints what happens, and stays until it is killed.
import { appendFileSync, writeSync } from "node:fs";
import { defineModel } from "sluice";
import { Agent, bufferMemory, signature } from "sluice/agents";
import { approve, openRequests, responseMessage, tool } from "sluice/tools";

const [store = "", paid = "", approved = ""] = process.argv.slice(2);
const calling = (name) =>
  defineModel({
    id: name,
    *stream({ messages }) {
      if (messages.at(-1)?.role === "tool") yield "Done.";
      else yield { type: "tool-call", callId: `to-${name}`, name, input: { task: "pay" } };
    },
  });
const pay = tool({
  name: "pay",
  input: { type: "object" },
  approval: true,
  run: () => {
    appendFileSync(paid, "paid\n");
    return "paid";
  },
});
const task = signature("task -> result");
const third = new Agent({ name: "third", model: calling("pay"), signature: task, tools: [pay] });
const second = new Agent({ name: "second", model: calling("third"), signature: task, tools: [third.asTool()] });
const first = new Agent({ name: "first", model: calling("second"), signature: task, tools: [second.asTool()] });
const memory = bufferMemory({ store });
const agent = new Agent({ model: calling("first"), tools: [first.asTool()], memory });

try {
  const input = approved === "" ? "Pay." : responseMessage(approve(approved));
  for await (const event of agent.stream(input, { sessionId: "ada" })) {
    if (event.type === "text-delta") writeSync(1, `text ${event.text}\n`);
    if (event.type !== "finish") continue;
    for (const { id } of openRequests(await memory.messages("ada"))) writeSync(1, `asks ${id}\n`);
    writeSync(1, `finish ${event.reason}\n`);
  }
} catch (error) {
  writeSync(1, `error ${error.code}\n`);
}
setInterval(() => {}, 1_000);
