import { hasPlaces } from "../format/template.js";
import type { StepOutline, Touch } from "../steps/step-type.js";

/** Which conversation a step writes to. One whose id is only known as the step runs may be any of the run's. */
export function conversationTouch({ config, inputs }: Pick<StepOutline, "config" | "inputs">): Touch {
  const id = inputs.conversation_id ?? config.conversation_id ?? "";
  const isKnown = typeof id === "string" && !id.startsWith("$") && !hasPlaces(id);
  return { what: isKnown ? `conversation:${id}` : "conversation:*", writes: true };
}
