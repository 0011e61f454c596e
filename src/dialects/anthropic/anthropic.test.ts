import { dialectLaws } from "../../../test/laws/dialect-laws.js";
import { anthropic } from "./anthropic.js";

dialectLaws(anthropic, {
  carries: { reasoning: true, toolCalls: true, sources: true, reasons: ["stop", "length", "refusal", "pause"] },
});
