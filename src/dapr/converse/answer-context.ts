import type { Usage } from "../../stream/usage.js";
import type { ConverseCall } from "./converse-call.js";

/** What an answer carries beside the output of the model. */
export interface AnswerContext {
  /** What was asked. */
  call: ConverseCall;
  /** The model that the component calls; absent where the component has none to name. */
  model?: string;
  /** Whether counts that are all 0 are written: echo has them, providers' components leave them out. */
  zeroUsage?: boolean;
}

/** The counts to write, if any. */
export function usageToWrite(usage: Usage, { zeroUsage }: AnswerContext): Usage | undefined {
  const { inputTokens = 0, outputTokens = 0 } = usage;
  if (inputTokens === 0 && outputTokens === 0 && zeroUsage !== true) return undefined;
  return usage;
}
