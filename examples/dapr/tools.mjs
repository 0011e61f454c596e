// Tools: by hand, with what the client gives; and run by Sluice.
import { fileURLToPath } from "node:url";
import { DaprChatClient } from "sluice/dapr";
import { tool, withTools } from "sluice/tools";
import { z } from "zod";
import { startLocalOpenAi } from "./local-openai.mjs";

const local = await startLocalOpenAi((messages) => {
  const last = messages.at(-1);
  if (last.role !== "tool") return { tool: "weather", arguments: { city: "Oslo" } };
  return ["It is ", JSON.parse(last.content).celsius, " degrees ", "in Oslo."].map(String);
});

// The component runs in this process here; with a sidecar only this line is another.
const client = new DaprChatClient({
  resourcesPath: fileURLToPath(new URL("components/openai", import.meta.url)),
  loading: { substitute: { OPENAI_API_KEY: "none", OPENAI_BASE_URL: local.url } },
});

const weather = tool({
  name: "weather",
  description: "Says the weather of a city.",
  input: z.object({ city: z.string() }),
  run: ({ city }) => ({ city, celsius: 4 }),
});

// By hand: the call arrives, the tool runs, and its result goes back with the next request.
const messages = [{ role: "user", content: "How warm is it in Oslo?" }];
for await (const chunk of client.generate({ messages, stream: true, tools: [weather] })) {
  if (chunk.type !== "tool_call") continue;
  const { id, function: called } = chunk.data;
  console.log(`${called.name} ${called.arguments}`);
  messages.push({ role: "assistant", content: null, tool_calls: [chunk.data] });
  const result = await weather.run(JSON.parse(called.arguments));
  messages.push({ role: "tool", tool_call_id: id, content: JSON.stringify(result) });
}
const answer = await client.generate({ messages, tools: [weather] });
console.log(answer.choices[0].message.content);

// By Sluice: the whole loop is one stream.
for await (const event of withTools(client.model(), [weather]).stream({ messages: messages.slice(0, 1) })) {
  if (event.type === "tool-result") console.log(`[${JSON.stringify(event.output)}]`);
  if (event.type === "text-delta") process.stdout.write(event.text);
}
console.log();

await client.close();
local.stop();
