import type { StepAnswer } from "./step-context.js";
import type { StepResult } from "./step-type.js";

/** What models put around their thinking, where the provider does not keep it apart. */
const TAGS = /<(thinking|think|reasoning|reflection)>([\s\S]*?)(?:<\/\1>|$)\s*/gi;
const HEADINGS = /\*\*(?:Thinking|Reasoning|Reflection):\*\*[\s\S]*?(?:\n\s*\n|$)/gi;

/** The answer without its thinking, unless that is to be shown; what was thought beside it in mode `extract`. */
export function readThinking({ text, message }: StepAnswer, mode: string): StepResult {
  if (mode === "show") return { response: text, thinking_tokens_mode: mode };
  const thoughts: string[] = [];
  const keep = (thought: string) => {
    thoughts.push(thought.trim());
    return "";
  };
  const response = text
    .replace(TAGS, (_, __, thought: string) => keep(thought))
    .replace(HEADINGS, (found) => keep(found))
    .trimStart();
  // An answer that is nothing but its thinking is all there is.
  const cut = thoughts.length > 0 && response.trim() !== "";
  const shown = cut ? response : text;
  if (mode !== "extract") return { response: shown, thinking_tokens_mode: mode };
  const apart =
    typeof message.content === "string"
      ? []
      : message.content.flatMap((part) => (part.type === "reasoning" ? [part.text] : []));
  const all = [...apart, ...thoughts].filter((thought) => thought !== "");
  return {
    response: shown,
    thinking_content: all.join("\n\n"),
    has_thinking_tokens: all.length > 0,
    original_response: text,
    thinking_tokens_mode: mode,
  };
}
