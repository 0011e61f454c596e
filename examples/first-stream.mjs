// The text of an answer as it arrives. SLUICE_MODEL names the model, for example openai/gpt-4.1-mini.
import { echo, stream } from "sluice";

const model = process.env.SLUICE_MODEL ?? echo();

for await (const text of stream(model, "A sluice lets a stream through at the pace the other side can take.").text) {
  process.stdout.write(text);
}
process.stdout.write("\n");
