import type { JsonObject, JsonValue } from "../../base/json.js";
import type { ChatModel } from "../../stream/chat-model.js";
import { staged } from "../../stream/sources/staged.js";
import { wrapModel } from "../../stream/wrap-model.js";
import { PartThinking } from "./part-thinking.js";
import type { StepAnswer } from "./step-context.js";
import type { StepResult } from "./step-type.js";

/** What happens to thinking that a model puts into its text: `show`, `hide`, `extract` or `auto`, which hides it. */
export function thinkingMode(config: JsonObject, settings: JsonObject): string {
  if (config.preserve_thinking === true) return "show";
  const mode: JsonValue | undefined = config.thinking_tokens_mode ?? settings.thinking_tokens_mode;
  return typeof mode === "string" ? mode : "auto";
}

/**
 * The same model, what it thinks in its text made reasoning while it arrives.
 *
 * @param onAnswer called with what parts an answer, as that begins.
 */
export function withoutThinking(model: ChatModel, onAnswer: (parting: PartThinking) => void = () => {}): ChatModel {
  return wrapModel(model, () => {
    const parting = new PartThinking();
    onAnswer(parting);
    return { answer: (source) => staged(source, parting) };
  });
}

/** What the model thought, and its answer with it: results of mode `extract`. */
export function extractedThinking(answer: StepAnswer, original: string): StepResult {
  const thoughts = thoughtsIn(answer);
  return {
    thinking_content: thoughts.join("\n\n"),
    has_thinking_tokens: thoughts.length > 0,
    original_response: original,
  };
}

function thoughtsIn({ message: { content } }: StepAnswer): string[] {
  if (typeof content === "string") return [];
  return content.flatMap((part) => {
    const thought = part.type === "reasoning" ? part.text.trim() : "";
    return thought === "" ? [] : [thought];
  });
}
