// A context id continues a conversation, where the sidecar has a store for it. daprd only gives the id back.
import { fileURLToPath } from "node:url";
import { MemoryStore } from "sluice/chat";
import { DaprChatClient, startSidecar } from "sluice/dapr";

const resourcesPath = fileURLToPath(new URL("components/echo", import.meta.url));
const store = process.env.SLUICE_STORE ?? new MemoryStore();
const { grpcPort, stop } = await startSidecar({ appId: "context", resourcesPath, httpPort: 0, grpcPort: 0, store });
const client = new DaprChatClient({ grpcPort });

async function ask(messages) {
  for await (const chunk of client.generate({ messages, stream: true, contextId: "trip-to-oslo" })) {
    if (chunk.type === "content") process.stdout.write(chunk.data);
    // It comes with the usage, at the end.
    if (chunk.type === "context_id") console.log(` [${chunk.data}]`);
  }
}

await ask("My name is Ann.");
// Echo says back all that the model is sent: what was said before is there.
await ask("What is my name?");

await client.close();
await stop();
