// Images and other files: they reach the model through a Sluice sidecar, or from component files in this process.
import { fileURLToPath } from "node:url";
import { DaprChatClient, startSidecar } from "sluice/dapr";
import { startLocalOpenAi } from "./local-openai.mjs";

const local = await startLocalOpenAi((messages) => {
  const kinds = messages[0].content.map(({ type }) => type);
  return ["I was ", "given: ", kinds.join(", ")];
});
const sidecar = await startSidecar({
  appId: "files",
  resourcesPath: fileURLToPath(new URL("components/openai", import.meta.url)),
  substitute: { OPENAI_API_KEY: "none", OPENAI_BASE_URL: local.url },
  httpPort: 0,
  grpcPort: 0,
});
const client = new DaprChatClient({ httpPort: sidecar.httpPort });

const dot = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGNgYGBgAAAABQABpfZFQAAAAABJRU5ErkJggg==";
const content = [
  { type: "text", text: "What is this?" },
  // As OpenAI's protocol has it: an address, or a data URL.
  { type: "image_url", image_url: { url: `data:image/png;base64,${dot}`, detail: "low" } },
  // As Sluice has it: bytes, { url } or { id }.
  { type: "file", mediaType: "application/pdf", data: new TextEncoder().encode("%PDF-1.7"), filename: "paper.pdf" },
];
for await (const chunk of client.generate({ messages: [{ role: "user", content }], stream: true })) {
  if (chunk.type === "content") process.stdout.write(chunk.data);
}
console.log();

await client.close();
await sidecar.stop();
local.stop();
