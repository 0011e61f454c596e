// Leaving the loop, or aborting a signal, ends the answer at its source; what was used is still known.
import { fileURLToPath } from "node:url";
import { DaprChatClient, startSidecar } from "sluice/dapr";

const resourcesPath = fileURLToPath(new URL("components/echo", import.meta.url));
const report = ({ message }) => /failed/.test(message) && console.log(`[sidecar: ${message}]`);
const { httpPort, stop } = await startSidecar({ appId: "leave", resourcesPath, httpPort: 0, grpcPort: 0, report });
const client = new DaprChatClient({ httpPort });
const messages = "one two three four five six seven eight nine ten";

const answer = client.generate({ messages, stream: true });
let words = 0;
for await (const chunk of answer) {
  if (chunk.type !== "content") continue;
  process.stdout.write(chunk.data);
  if (++words === 3) break;
}
console.log(`\nleft; ${(await answer.usage).inputTokens} tokens were asked`);

const enough = new AbortController();
try {
  for await (const { type } of client.generate({ messages, stream: true, signal: enough.signal })) {
    if (type === "content") enough.abort("no more time");
  }
} catch (error) {
  console.log(`${error.code}: ${error.cause}; arrived: ${JSON.stringify(error.partial.text)}`);
}

await client.close();
await stop();
