// Guards stand before a model: they hide personal data from it, hold it to a budget, and stop what must not be said.
import { echo } from "sluice";
import { budget, defineGuard, guard, pii } from "sluice/guards";

const fast = echo({ tokensPerSecond: 1_000 });
const ask = (model, content) => model.stream({ messages: [{ role: "user", content }] });

// The echo says what it was sent: placeholders. The reader is shown them, too.
console.log(await ask(guard(fast, pii()), "I am ann@example.com, call (555) 123-4567.").fullText);

// Reversible: the model sees placeholders, the reader the values.
console.log(await ask(guard(fast, pii({ reversible: true })), "Write to ann@example.com.").fullText);

// A budget cuts the answer at the token.
const short = ask(guard(fast, budget({ maxOutputTokens: 4 })), "One two three four five six.");
console.log(`${await short.fullText} | ${await short.finishReason}, ${JSON.stringify(await short.usage)}`);

// A guard of one's own is shown each sentence before the reader is.
const noSecrets = defineGuard({
  name: "no-secrets",
  directions: ["output"],
  check: ({ text }) => (text.includes("secret") ? { action: "block", reason: "a secret" } : undefined),
});
for await (const event of ask(guard(fast, noSecrets), "All is well. The secret is 42. Bye.")) {
  if (event.type === "text-delta") console.log(event.text);
  if (event.type === "data" || event.type === "finish") console.log(JSON.stringify(event));
}
