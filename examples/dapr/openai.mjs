// The OpenAI component behind a sidecar, and its answer as OpenAI's own chunks.
import { fileURLToPath } from "node:url";
import { DaprChatClient, startSidecar } from "sluice/dapr";
import { startLocalOpenAi } from "./local-openai.mjs";

const local = await startLocalOpenAi(() => ["A sluice ", "is a gate ", "that lets water through."]);
const sidecar = await startSidecar({
  appId: "openai",
  resourcesPath: fileURLToPath(new URL("components/openai", import.meta.url)),
  substitute: { OPENAI_API_KEY: "none", OPENAI_BASE_URL: local.url },
  httpPort: 0,
  grpcPort: 0,
});

// The only component there is need not be named.
const client = new DaprChatClient({ httpPort: sidecar.httpPort, grpcPort: sidecar.grpcPort });
const messages = [
  { role: "system", content: "Answer in one sentence." },
  { role: "user", content: "What is a sluice?" },
];
for await (const chunk of client.generateStream({ messages, temperature: 0.2, contextId: "c1" })) {
  const [choice] = chunk.choices;
  if (choice?.delta.content !== undefined) process.stdout.write(choice.delta.content);
  if (choice === undefined)
    console.log(`\n${chunk.context_id}: ${chunk.usage.completion_tokens} tokens, ${chunk.model}`);
}

await client.close();
await sidecar.stop();
local.stop();
