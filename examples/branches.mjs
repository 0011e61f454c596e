// What was said can be said otherwise: edits and second answers are branches. All of them are counted, and exported.
import { scripted } from "sluice";
import { Conversation, Conversations } from "sluice/chat";

const answer = (text, inputTokens, outputTokens) => [text, { type: "usage", usage: { inputTokens, outputTokens } }];
const model = scripted([
  answer("Paris.", 1_000, 200),
  answer("Oslo.", 1_000, 200),
  answer("Oslo, on the fjord.", 1_000, 500),
]);
// USD per million tokens. Without a table of one's own, the built-in one counts, and the file SLUICE_PRICES.
const price = { provider: "example", models: ["scripted"], input: 2, output: 10 };
const prices = { models: [{ ...price, source: "https://example.org", date: "2026-01-01" }] };

const conversation = new Conversation({ model, prices, contextId: "capitals" });
await conversation.send("What is the capital of France?");

const [question] = await conversation.messages();
await conversation.edit(question.id, "What is the capital of Norway?").fullText;
await conversation.regenerate().fullText;

for (const { message } of await conversation.messages()) console.log(message.role, JSON.stringify(message.content));
for (const { message } of await conversation.branches(question.id)) console.log("asked:", message.content);

const { turns, branches, usage, cost } = await conversation.statistics();
console.log({ turns, branches, usage, cost });

console.log(await conversation.export("markdown"));

// JSON keeps everything: another store has the same conversation afterwards, with all of its branches.
const elsewhere = new Conversations();
await elsewhere.import(await conversation.export("json"));
for await (const { conversation: where, message } of elsewhere.search("paris", { branches: "all" })) {
  console.log(`found in ${where.id}:`, JSON.stringify(message.message.content));
}
