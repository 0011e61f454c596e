// The shortest way: a component's answer, piece by piece, through a sidecar that streams.
import { fileURLToPath } from "node:url";
import { DaprChatClient, startSidecar } from "sluice/dapr";

// Beside an application this is `npx sluice dapr run -- node app.js`, and the client finds the sidecar by itself.
const resourcesPath = fileURLToPath(new URL("components/echo", import.meta.url));
const { httpPort, stop } = await startSidecar({ appId: "basic", resourcesPath, httpPort: 0, grpcPort: 0 });

const client = new DaprChatClient({ httpPort, log: ({ message }) => console.log(`[${message}]`) });
for await (const chunk of client.generate({ messages: "Say this word by word.", stream: true })) {
  if (chunk.type === "content") console.log(JSON.stringify(chunk.data));
  if (chunk.type === "final_usage") console.log(`${chunk.data.total_tokens} tokens`);
}

// Without `stream`, the whole answer in OpenAI's shape.
const response = await client.generate({ messages: [{ role: "user", content: "And at once." }] });
console.log(response.choices[0].message.content);

await client.close();
await stop();
