// An agent that remembers: sessions, and facts that outlive them, which a user can list and delete.
import { scripted } from "sluice";
import { Agent, searchMemory } from "sluice/agents";

// Without a model of your own (SLUICE_MODEL) a script answers, so that only what is remembered is real.
const call = (name, input) => ({ type: "tool-call", callId: name, name, input });
const script = [
  [call("remember", { facts: ["Ada is allergic to nuts.", "Ada lives by the canal."] })],
  ["I will remember that."],
  ["Better not: it has nuts."],
  ["I do not know anything about you."],
];
const model = process.env.SLUICE_MODEL ?? scripted(script);

// `facts: "facts.ndjson"` keeps them in a file, `postgres://…` in PostgreSQL; an `embedder` finds them by meaning.
const memory = searchMemory({ embedder: process.env.SLUICE_EMBEDDER });
let sent = [];
const agent = new Agent({
  model,
  memory,
  instructions: "You help with everyday things. Remember what matters for later.",
  hooks: {
    beforeModel({ request }) {
      sent = request.messages;
    },
  },
});
const ada = { caller: "ada" };

console.log(await agent.chat("I am allergic to nuts, and I live by the canal.", { sessionId: "monday", context: ada }));
console.log(await agent.chat("May I eat the nuts cake?", { sessionId: "friday", context: ada }));
console.log(`before that question: ${sent.at(-2).content.split("\n")[1].replace(/ \(.*/, "")}`);
console.log(await agent.chat("What may I eat?", { sessionId: "x", context: { caller: "bob" } }));

const facts = await memory.list("ada");
console.log(`facts of ada: ${facts.map(({ text }) => text).join(" ")}`);
await memory.delete("ada", facts[0].id);
console.log(`after deleting one: ${(await memory.list("ada")).map(({ text }) => text).join(" ")}`);
console.log(`turns on friday: ${(await memory.messages("friday")).length / 2}`);
