import { dialectLaws } from "../../../test/laws/dialect-laws.js";
import { openAiResponses } from "./openai-responses.js";

dialectLaws(openAiResponses, {
  carries: {
    reasoning: true,
    toolCalls: true,
    refusals: true,
    sources: true,
    reasons: ["stop", "length", "content-filter"],
  },
  lacks: { unknownCounts: true },
});
