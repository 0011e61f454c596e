// Personal data is taken out of what the model is sent, of what it answers, or of both, in the middle of the stream.
import { fileURLToPath } from "node:url";
import { DaprChatClient, startSidecar } from "sluice/dapr";

const resourcesPath = fileURLToPath(new URL("components/echo", import.meta.url));
const { httpPort, stop } = await startSidecar({ appId: "scrub", resourcesPath, httpPort: 0, grpcPort: 0 });
const client = new DaprChatClient({ httpPort });
const messages = "Write to ann@example.com, or call +1 415 555 0100.";

for (const scrubPII of [true, { input: true }, { output: true }]) {
  let text = "";
  for await (const chunk of client.generate({ messages, stream: true, scrubPII })) {
    if (chunk.type === "content") text += chunk.data;
  }
  console.log(`${JSON.stringify(scrubPII)}: ${text}`);
}

await client.close();
await stop();
