import type { InnerPartView } from "../../answer/part.js";
import { AnswerParts } from "./answer-parts.js";
import { Fold } from "./fold.js";

/** A stream inside: an agent or a step, folded to a line when it is done. */
export function InnerPart({ part }: { part: InnerPartView }) {
  const done = part.view.state.value === "finished";
  const waits = part.view.requests.value.some(({ response }) => response.value === undefined);
  return (
    <Fold
      icon="agent"
      class="inner"
      open={!done || waits}
      title={
        <>
          <b>{part.from}</b>
          {part.attempt > 1 && <span class="summary"> attempt {part.attempt}</span>}
        </>
      }
      status={
        waits ? (
          <span class="badge warning">waits</span>
        ) : (
          <span class={done ? "badge success" : "badge info"}>{done ? "done" : "running"}</span>
        )
      }
    >
      <AnswerParts view={part.view} live={!done} />
    </Fold>
  );
}
