// Talks for so many turns in a conversation in a SQLite file, and prints the number of each turn once it is stored.
import { writeSync } from "node:fs";
import { defineModel } from "sluice";
import { Conversation, lastMessages } from "sluice/chat";

const [store = "", contextId = "", turns = ""] = process.argv.slice(2);
const model = defineModel({
  id: "counter",
  stream: ({ messages }) => ["answer to ", `${messages.at(-1)?.content}`],
});
const conversation = new Conversation({ model, store, contextId, window: lastMessages(4) });
const said = (await conversation.messages()).filter(({ message }) => message.role === "user").length;
for (let turn = said; turn < Number(turns); turn++) {
  await conversation.send(`turn ${turn}`);
  // At once: a killed process writes nothing that still waits.
  writeSync(1, `${turn}\n`);
}
