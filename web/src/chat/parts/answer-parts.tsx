import type { AnswerView } from "../../answer/answer-view.js";
import type { PartView } from "../../answer/part.js";
import { Icon } from "../../design/icon.js";
import { Markdown } from "../../markdown/markdown.js";
import { FilePart } from "./file-part.js";
import { InnerPart } from "./inner-part.js";
import { PlanPart } from "./plan-part.js";
import { QuestionPart } from "./question-part.js";
import { ReasoningPart } from "./reasoning-part.js";
import { Sources } from "./sources.js";
import { ToolPart } from "./tool-part.js";
import "./parts.css";

/** Everything that an answer shows, in order; the same for one that runs inside another. */
export function AnswerParts({ view, live }: { view: AnswerView; live: boolean }) {
  const parts = view.parts.value;
  const going = live && view.state.value !== "finished";
  return (
    <>
      {parts.map((part, index) => (
        <Part key={part.key} part={part} live={going && index === parts.length - 1} />
      ))}
      {going && parts.length === 0 && <Waiting />}
      <Sources sources={view.sources.value} />
    </>
  );
}

function Waiting() {
  return (
    <p class="waiting">
      <span class="caret" aria-hidden="true" />
    </p>
  );
}

function Part({ part, live }: { part: PartView; live: boolean }) {
  switch (part.kind) {
    case "text":
      return (
        <div class={part.refusal ? "text-part refusal" : "text-part"}>
          <Markdown segments={part.text.segments} live={live} />
        </div>
      );
    case "reasoning":
      return <ReasoningPart part={part} />;
    case "tool":
      return <ToolPart part={part} />;
    case "inner":
      return <InnerPart part={part} />;
    case "question":
      return <QuestionPart part={part} />;
    case "file":
      return <FilePart part={part} />;
    case "plan":
      return <PlanPart part={part} />;
    case "speaker":
      return (
        <p class="speaker">
          <Icon name="agent" />
          {part.name}
        </p>
      );
    case "note":
      return (
        <p class={`note ${part.tone}`}>
          <Icon name={part.tone === "warning" ? "alert" : "retry"} />
          <span>{part.text}</span>
        </p>
      );
    default:
      return part satisfies never;
  }
}
