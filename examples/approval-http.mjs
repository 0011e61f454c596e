// A person allows what a served agent does, over HTTP: the answer ends with what it asks, and goes on with the response.
import { defineModel } from "sluice";
import { Agent } from "sluice/agents";
import { native } from "sluice/dialects";
import { httpModel } from "sluice/models";
import { createServer } from "sluice/server";
import { approve, openRequests, responseMessage, tool } from "sluice/tools";

const pay = tool({
  name: "pay",
  input: { type: "object", properties: { amount: { type: "number" } }, required: ["amount"] },
  approval: true,
  run: ({ amount }) => `paid ${amount}`,
});
const clerk = defineModel({
  id: "clerk",
  *stream({ messages }) {
    const last = messages.at(-1);
    if (last.role === "tool") yield `Done: ${last.content.map(({ output }) => output).join(" ")}.`;
    else yield { type: "tool-call", callId: "p1", name: "pay", input: { amount: 50 } };
  },
});
const agent = new Agent({ name: "clerk", model: process.env.SLUICE_MODEL ?? clerk, tools: [pay] });
const server = await createServer({ agents: { clerk: agent.asModel() } });
const { url } = await server.listen({ port: 0 });

// The client: any process that can reach the server. It keeps the history, with what waits in it.
const remote = httpModel({ id: "clerk", dialect: native, model: "clerk", baseUrl: url });
const messages = [{ role: "user", content: "Pay 50." }];
const first = remote.stream({ messages });
console.log(await first.finishReason);
messages.push(...(await first.messages));
const [request] = openRequests(messages);
console.log(`asks: ${request.name} ${JSON.stringify(request.input)}`);

messages.push(responseMessage(approve(request.id)));
console.log(await remote.stream({ messages }).fullText);
await server.close({ graceMs: 0 });
