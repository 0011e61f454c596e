// Streaming and not: when the first words are there, and that the text is the same.
import { fileURLToPath } from "node:url";
import { DaprChatClient, startSidecar } from "sluice/dapr";

const resourcesPath = fileURLToPath(new URL("components/echo", import.meta.url));
const { httpPort, grpcPort, stop } = await startSidecar({ appId: "compare", resourcesPath, httpPort: 0, grpcPort: 0 });
const client = new DaprChatClient({ httpPort, grpcPort });
const messages = "one two three four five six seven eight nine ten eleven twelve";

// The first call makes the connection.
await client.generate({ messages: "warm up" });
let began = performance.now();
const whole = (await client.generate({ messages })).choices[0].message.content;
console.log(`whole: ${Math.round(performance.now() - began)} ms until the first word`);

began = performance.now();
let streamed = "";
let pieces = 0;
for await (const chunk of client.generate({ messages, stream: true })) {
  if (chunk.type !== "content") continue;
  if (pieces++ === 0) console.log(`streamed: ${Math.round(performance.now() - began)} ms until the first word`);
  streamed += chunk.data;
}
console.log(`${pieces} pieces; the same text: ${streamed === whole}`);

await client.close();
await stop();
