import { useEffect, useMemo } from "preact/hooks";
import type { SluiceError } from "../../../src/stream/error.js";
import type { OpenConversation } from "../conversation/conversation.js";
import type { LiveAnswer } from "../conversation/live-answer.js";
import { CopyButton } from "../design/copy-button.js";
import { Icon } from "../design/icon.js";
import type { AnswerTurn } from "../store/records.js";
import { SpeakButton } from "../voice/speak-button.js";
import { announceAnswer } from "./announcer.js";
import { AnswerContext } from "./answer-context.js";
import { BranchArrows } from "./branch-arrows.js";
import { focusComposerAfter } from "./composer-focus.js";
import { Figures } from "./figures.js";
import { AnswerParts } from "./parts/answer-parts.js";

/** What the model has answered, as far as it has. */
export function AnswerTurnView({ conversation, turn }: { conversation: OpenConversation; turn: AnswerTurn }) {
  const answer = conversation.answer(turn);
  const running = answer.state.value === "running";
  useEffect(() => announceAnswer(answer), [answer]);
  const again = () => {
    conversation.regenerate(turn);
    focusComposerAfter();
  };
  const says = answer.view.parts.value.some(({ kind }) => kind === "text");
  const isLast = conversation.path.value.at(-1)?.id === turn.id;
  const actions = useMemo(
    () => ({
      respond: isLast
        ? (id: string, response: Parameters<OpenConversation["respond"]>[2]) => {
            conversation.respond(turn, id, response);
            focusComposerAfter();
          }
        : undefined,
    }),
    [conversation, turn, isLast],
  );
  return (
    <div class="answer-turn" aria-busy={running}>
      <h2 class="sr-only">{turn.model}</h2>
      <AnswerContext.Provider value={actions}>
        <AnswerParts view={answer.view} live={running} />
      </AnswerContext.Provider>
      <Ending answer={answer} onRetry={again} />
      {!running && (
        <div class="turn-actions">
          <BranchArrows conversation={conversation} turn={turn} />
          {says && <CopyButton text={() => answer.view.text} label="Copy the answer" />}
          <button type="button" class="icon-button" aria-label="Answer again" title="Answer again" onClick={again}>
            <Icon name="retry" />
          </button>
          {says && <SpeakButton answer={answer} />}
          <Figures answer={answer} />
        </div>
      )}
    </div>
  );
}

/** How it ended, where that is not as usual, and what holds it up. */
function Ending({ answer, onRetry }: { answer: LiveAnswer; onRetry(): void }) {
  const state = answer.state.value;
  if (state === "running") {
    if (answer.connection.value === "connected") return null;
    return (
      <p class="notice warning" role="status">
        <Icon name="clock" />
        <span>The connection was lost. The answer goes on at the server; it is being come back to.</span>
      </p>
    );
  }
  const error = answer.error.value;
  if (error !== undefined) return <Failure error={error} onRetry={onRetry} />;
  if (state === "stopped") return <p class="note info">You stopped this answer.</p>;
  const why = REASONS[answer.view.reason ?? "stop"];
  return why === undefined ? null : (
    <p class="note warning">
      <Icon name="alert" />
      <span>{why}</span>
    </p>
  );
}

const REASONS: Readonly<Record<string, string>> = {
  length: "The answer reached the longest that it may be.",
  "content-filter": "The provider’s filter ended the answer.",
  budget: "A budget ended the answer.",
  "tool-calls": "The model waits for a tool that this page does not have.",
};

function Failure({ error, onRetry }: { error: SluiceError; onRetry(): void }) {
  return (
    <div class="notice danger" role="alert">
      <Icon name="alert" />
      <span class="grow">
        <b>{titleOf(error)}</b> <small class="code">{error.code}</small>
        {error.code !== "connect-failed" && <div>{error.message}</div>}
      </span>
      <button type="button" class="button small" onClick={onRetry}>
        Try again
      </button>
    </div>
  );
}

function titleOf({ code }: SluiceError): string {
  switch (code) {
    case "connect-failed":
      return "The server could not be reached";
    case "authentication":
    case "missing-key":
      return "The key was refused";
    case "rate-limited":
    case "quota":
      return "Too much was asked";
    case "overloaded":
      return "The provider is busy";
    case "context-length":
      return "The conversation is too long for this model";
    case "run-lost":
      return "The process that answered has died";
    case "not-found":
    case "run-expired":
      return "The rest of this answer is not kept any more";
    default:
      return "The answer failed";
  }
}
