// A conversation of several turns over a Dapr component, kept by this process.
import { fileURLToPath } from "node:url";
import { Conversation } from "sluice/chat";
import { DaprChatClient } from "sluice/dapr";
import { startLocalOpenAi } from "./local-openai.mjs";

const local = await startLocalOpenAi((messages) => {
  const questions = messages.filter(({ role }) => role === "user").map(({ content }) => content);
  return ["This is question ", String(questions.length), "; the first was: ", questions[0]];
});
const client = new DaprChatClient({
  resourcesPath: fileURLToPath(new URL("components/openai", import.meta.url)),
  loading: { substitute: { OPENAI_API_KEY: "none", OPENAI_BASE_URL: local.url } },
});

const conversation = new Conversation({ model: client.model("openai"), system: "Answer briefly." });
for (const question of ["What is a sluice?", "Who builds them?", "Since when?"]) {
  for await (const text of conversation.stream(question).text) process.stdout.write(text);
  console.log();
}

await client.close();
local.stop();
