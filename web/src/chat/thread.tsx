import { useSignal } from "@preact/signals";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import type { OpenConversation } from "../conversation/conversation.js";
import { Icon } from "../design/icon.js";
import type { AnswerTurn, TurnRecord, UserTurn } from "../store/records.js";
import { AnswerTurnView } from "./answer-turn.js";
import { FollowScroll } from "./follow-scroll.js";
import { UserTurnView } from "./user-turn.js";

/** A question and its answer stand together. */
interface Exchange {
  readonly key: string;
  readonly question: UserTurn | undefined;
  readonly answer: AnswerTurn | undefined;
}

/** How many exchanges are shown at once; older ones by pages. */
const PAGE = 30;

/** The turns of a conversation. */
export function Thread({ conversation }: { conversation: OpenConversation }) {
  const scroller = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const follow = useRef<FollowScroll>(undefined);
  const atEnd = useSignal(true);
  const shown = useSignal(PAGE);
  useLayoutEffect(() => {
    if (scroller.current === null || content.current === null) return;
    const made = new FollowScroll(scroller.current, content.current, (end) => {
      atEnd.value = end;
    });
    follow.current = made;
    made.openAtEnd();
    performance.mark("conversation-shown");
    return () => made.leave();
  }, [atEnd]);
  const path = conversation.path.value;
  const exchanges = exchangesOf(path);
  const last = exchanges.at(-1);
  const count = useRef(exchanges.length);
  const lastKey = useRef(last?.key);
  useEffect(() => {
    const asked = last !== undefined && last.key !== lastKey.current && conversation.running.peek() !== undefined;
    lastKey.current = last?.key;
    count.current = exchanges.length;
    const turn = content.current?.querySelector<HTMLElement>(":scope > .exchange:last-of-type");
    if (asked && turn) follow.current?.pin(turn);
  }, [last, exchanges.length, conversation]);
  const visible = exchanges.slice(-shown.value);
  return (
    <div class="thread" ref={scroller}>
      <h1 class="sr-only">{conversation.title || "Chat"}</h1>
      {/* Silent while an answer arrives: it is announced once, when it is whole. */}
      <div class="thread-content" ref={content} role="log" aria-live="off" aria-label="Conversation">
        {visible.length < exchanges.length && (
          <button
            type="button"
            class="button small older"
            onClick={() => {
              shown.value += PAGE;
            }}
          >
            Show older messages
          </button>
        )}
        {visible.map(({ key, question, answer }) => (
          <article key={key} class={key === last?.key ? "exchange last" : "exchange"}>
            {question !== undefined && <UserTurnView conversation={conversation} turn={question} />}
            {answer !== undefined && <AnswerTurnView key={answer.id} conversation={conversation} turn={answer} />}
          </article>
        ))}
      </div>
      {!atEnd.value && (
        <button type="button" class="to-end" aria-label="To the end" onClick={() => follow.current?.toEnd()}>
          <Icon name="down" />
        </button>
      )}
    </div>
  );
}

function exchangesOf(path: readonly TurnRecord[]): Exchange[] {
  const exchanges: Exchange[] = [];
  for (const turn of path) {
    const open = exchanges.at(-1);
    if (turn.kind === "user") exchanges.push({ key: turn.id, question: turn, answer: undefined });
    else if (open !== undefined && open.answer === undefined)
      exchanges[exchanges.length - 1] = { ...open, answer: turn };
    else exchanges.push({ key: turn.id, question: undefined, answer: turn });
  }
  return exchanges;
}
