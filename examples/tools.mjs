// A model with tools: they run while it speaks, one of them only after somebody has allowed it.
import { scripted } from "sluice";
import { approve, deny, tool, withTools } from "sluice/tools";
import { z } from "zod";

const weather = tool({
  name: "weather",
  description: "Says the weather of a city.",
  input: z.object({ city: z.string() }),
  async *run({ city }) {
    yield "asking the station";
    return { city, celsius: 21 };
  },
});
const book = tool({
  name: "book",
  description: "Books a seat on a boat.",
  input: z.object({ price: z.number() }),
  approval: ({ price }) => price > 20,
  run: ({ price }) => `booked for ${price}`,
});

// What a real model would decide by itself.
const script = scripted([
  [
    "Let me see. ",
    { type: "tool-call", callId: "1", name: "weather", input: { city: "Oslo" } },
    { type: "tool-call", callId: "2", name: "book", input: { price: 30 } },
  ],
  ["It is 21 degrees, and your seat is booked."],
]);
const model = withTools(script, [weather, book], {
  onInput: ({ id, name, input }) => {
    console.log(`\n[may ${name} run with ${JSON.stringify(input)}? yes]`);
    return input.price < 100 ? approve(id) : deny(id, "too expensive");
  },
});

for await (const event of model.stream({ messages: [{ role: "user", content: "A boat trip in Oslo?" }] })) {
  if (event.type === "text-delta") process.stdout.write(event.text);
  if (event.type === "tool-result") {
    console.log(`\n[${event.name} ${event.preliminary ? "is" : "returned"}: ${JSON.stringify(event.output)}]`);
  }
}
console.log();
