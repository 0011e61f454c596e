// Chat that streams: an agent's answer arrives in chunks of so many tokens, and one text is the answer of all chunks.
import { model } from "sluice";
import { StreamChatAgent, StreamingStrategy } from "sluice/agents";

// Without a model of your own the echo answers; SLUICE_LLM_PROVIDER and SLUICE_MODEL name another.
const echo = process.env.SLUICE_LLM_PROVIDER ? {} : { model: model("echo") };

const agent = new StreamChatAgent({ streaming: true, chunkSize: 2 }, echo);
process.stdout.write("streamed: ");
for await (const chunk of agent.streamChat("What is the water doing behind the gate?"))
  process.stdout.write(`[${chunk}]`);

const whole = new StreamChatAgent({ streaming: false }, echo);
console.log("\nwhole:", await whole.chat("Tell me the same at once."));
try {
  whole.streamChat("Hi");
} catch (error) {
  console.log("refused:", error.message);
}

const { response, chunks, usage } = await new StreamingStrategy(2).execute(agent, { message: "Count the chunks." });
console.log(`executed: ${JSON.stringify(response)} in ${chunks} chunks,`, usage);
