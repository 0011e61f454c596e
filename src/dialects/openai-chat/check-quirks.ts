import { boolean, type Check, exactly, filledString, list, oneOf } from "../../stream/checks.js";
import type { OpenAiChatQuirks } from "./quirks.js";

/** Looks at what a service differs in. */
export const checkQuirks: Check = /* @__PURE__ */ exactly(
  "openAiChatDialect",
  {
    maxTokensField: /* @__PURE__ */ oneOf("max_completion_tokens", "max_tokens"),
    seedField: /* @__PURE__ */ oneOf("seed", "random_seed"),
    user: boolean,
    streamOptions: boolean,
    topK: boolean,
    sendReasoning: /* @__PURE__ */ oneOf("reasoning_content", "reasoning", "thinking"),
    reasoning: /* @__PURE__ */ oneOf("reasoning_effort", "high-or-none", "reasoning", "none"),
    goOn: /* @__PURE__ */ oneOf("prefix", "partial", "continue_final_message"),
    history: /* @__PURE__ */ oneOf("mistral"),
    textParts: boolean,
    optionsFrom: /* @__PURE__ */ list("an array of names", filledString),
  } satisfies Record<keyof OpenAiChatQuirks, Check>,
  "quirks",
);
