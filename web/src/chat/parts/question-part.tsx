import { useContext } from "preact/hooks";
import type { QuestionPartView } from "../../answer/part.js";
import { Icon } from "../../design/icon.js";
import { SchemaForm } from "../../form/schema-form.js";
import { AnswerContext } from "../answer-context.js";

/** A question to the user, as a form of its schema; what was answered once it is. */
export function QuestionPart({ part }: { part: QuestionPartView }) {
  const { respond } = useContext(AnswerContext);
  const { id, message, schema } = part.request;
  const response = part.response.value;
  if (response !== undefined || respond === undefined) {
    const answer =
      response?.type === "answer"
        ? JSON.stringify(response.value)
        : response === undefined
          ? "not answered"
          : "declined";
    return (
      <p class="note info">
        <Icon name="question" />
        <span>
          {message} <b>{answer}</b>
        </span>
      </p>
    );
  }
  return (
    <section class="question" aria-label={message}>
      <p>
        <Icon name="question" />
        {message}
      </p>
      <SchemaForm
        schema={schema}
        onAnswer={(value) => respond(id, { type: "answer", value })}
        onDecline={() => respond(id, { type: "decline" })}
      />
    </section>
  );
}
