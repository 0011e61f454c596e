import { dialectLaws } from "../../../test/laws/dialect-laws.js";
import { gemini } from "./gemini.js";

dialectLaws(gemini, {
  carries: { reasoning: true, toolCalls: true, reasons: ["stop", "length", "content-filter", "pause", "other"] },
  lacks: { streamedInput: true },
});
