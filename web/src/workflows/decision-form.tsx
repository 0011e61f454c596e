import { useId, useRef } from "preact/hooks";
import { isJsonObject, type JsonObject, type JsonValue } from "../../../src/base/json.js";

/** More are chosen from a list. */
const MOST = 4;

/** What a question lets one decide, where it is a choice of few; `undefined` for any other question. */
export function decisionsIn({ properties }: JsonObject): string[] | undefined {
  const decision = isJsonObject(properties) ? properties.decision : undefined;
  const words = isJsonObject(decision) && Array.isArray(decision.enum) ? decision.enum : [];
  const texts = words.filter((word) => typeof word === "string");
  return texts.length > 0 && texts.length <= MOST ? texts : undefined;
}

/** A decision: a button for each, and a word on it. */
export function DecisionForm({
  decisions,
  onAnswer,
}: {
  decisions: readonly string[];
  onAnswer(answer: JsonValue): void;
}) {
  const id = useId();
  const feedback = useRef<HTMLTextAreaElement>(null);
  const decide = (decision: string) => {
    const given = feedback.current?.value.trim() ?? "";
    onAnswer(given === "" ? { decision } : { decision, feedback: given });
  };
  return (
    <div class="decision">
      <label class="field" for={id}>
        <span>
          Feedback <small>optional</small>
        </span>
        <textarea ref={feedback} id={id} class="input" rows={2} />
      </label>
      <div class="decision-buttons">
        {decisions.map((decision, index) => (
          <button
            key={decision}
            type="button"
            class={index === 0 ? "button small primary" : "button small"}
            onClick={() => decide(decision)}
          >
            {decision}
          </button>
        ))}
      </div>
    </div>
  );
}
