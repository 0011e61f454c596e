// Streaming and not: when the first words are there, and that the text is the same. The model is a small server of this
// example's that says a word every 5 ms; asked whole, it answers when it has said all of them.
import { fileURLToPath } from "node:url";
import { DaprChatClient, startSidecar } from "sluice/dapr";
import { startLocalOpenAi } from "./local-openai.mjs";

const words = Array.from({ length: 60 }, (_, index) => `${index === 0 ? "" : " "}word-${index + 1}`);
const { url, stop: stopModel } = await startLocalOpenAi(() => words);
const resourcesPath = fileURLToPath(new URL("components/openai", import.meta.url));
const substitute = { OPENAI_API_KEY: "none", OPENAI_BASE_URL: url };
const ports = { httpPort: 0, grpcPort: 0 };
const { httpPort, grpcPort, stop } = await startSidecar({ appId: "compare", resourcesPath, substitute, ...ports });
const client = new DaprChatClient({ httpPort, grpcPort });
const messages = "Say sixty words.";

// The first call makes the connections.
await client.generate({ messages });
let began = performance.now();
const whole = (await client.generate({ messages })).choices[0].message.content;
const wholeMs = performance.now() - began;
console.log(`whole: ${Math.round(wholeMs)} ms until the first word`);

began = performance.now();
let streamedMs;
let streamed = "";
let pieces = 0;
for await (const chunk of client.generate({ messages, stream: true })) {
  if (chunk.type !== "content") continue;
  streamedMs ??= performance.now() - began;
  streamed += chunk.data;
  pieces++;
}
console.log(`streamed: ${Math.round(streamedMs)} ms until the first word`);
console.log(`streaming's first word is earlier: ${streamedMs < wholeMs}`);
console.log(`${pieces} pieces; the same text: ${streamed === whole}`);

await client.close();
await stop();
stopModel();
