import { dialectLaws } from "../../../test/laws/dialect-laws.js";
import { ollama, ollamaGenerate } from "./ollama.js";

for (const dialect of [ollama, ollamaGenerate]) {
  dialectLaws(dialect, {
    carries: { reasoning: true, toolCalls: true, reasons: ["stop", "length"] },
    context: { model: "model-1", request: { messages: [{ role: "user", content: "Hi" }] }, created: 1_700_000_000 },
    lacks: { id: true, streamedInput: true },
  });
}
