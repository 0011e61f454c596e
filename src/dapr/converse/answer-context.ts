import type { Usage } from "../../stream/usage.js";
import type { ConverseCall } from "./converse-call.js";

/** What an answer says beside what the model said. */
export interface AnswerContext {
  call: ConverseCall;
  /** The model that the component calls; absent where the component has none to name. */
  model?: string;
  /** Whether counts that are all 0 are said: echo says them, providers' components leave them out. */
  zeroUsage?: boolean;
}

/** The counts to say, if any. */
export function usageToSay(usage: Usage, { zeroUsage }: AnswerContext): Usage | undefined {
  const { inputTokens = 0, outputTokens = 0 } = usage;
  if (inputTokens === 0 && outputTokens === 0 && zeroUsage !== true) return undefined;
  return usage;
}
