import { useComputed, useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { uuid } from "../../../src/base/uuid.js";
import { OpenConversation } from "../conversation/conversation.js";
import { conversations } from "../conversation/conversation-list.js";
import { embeddedModel } from "../shell/embedded.js";
import type { PageProps } from "../shell/page.js";
import { goTo } from "../shell/route.js";
import { ChatHead } from "./chat-head.js";
import { Composer } from "./composer.js";
import { deletedElsewhere } from "./follow-tabs.js";
import { openConversation } from "./open-conversation.js";
import { Thread } from "./thread.js";
import { Ideas, Welcome } from "./welcome.js";
import "./chat.css";

/** The chat: one conversation, which the address names; a new one where it names none. */
export function ChatPage({ rest: [id] }: PageProps) {
  const opening = useSignal(false);
  useEffect(() => {
    let left = false;
    const before = openConversation.peek();
    if (id === undefined) {
      before?.leave();
      openConversation.value = OpenConversation.create(
        uuid(),
        before?.settings ?? (embeddedModel === undefined ? {} : { model: embeddedModel }),
      );
    } else if (before?.id !== id) {
      deletedElsewhere.value = false;
      before?.leave();
      opening.value = true;
      void OpenConversation.open(id).then((conversation) => {
        opening.value = false;
        if (!left) openConversation.value = conversation;
      });
    }
    return () => {
      left = true;
    };
  }, [id, opening]);
  useEffect(() => {
    const keep = () => openConversation.peek()?.keepNow();
    addEventListener("pagehide", keep);
    return () => removeEventListener("pagehide", keep);
  }, []);
  const conversation = openConversation.value;
  const empty = useComputed(() => (openConversation.value?.path.value.length ?? 0) === 0).value;
  const title = conversations.value?.find((one) => one.id === conversation?.id)?.title;
  useEffect(() => {
    document.title = title === undefined || title === "" ? "Sluice" : `${title} · Sluice`;
  }, [title]);
  if (conversation === undefined || opening.value)
    return <div class="page-loading" role="status" aria-label="Loading" />;
  const sent = () => {
    deletedElsewhere.value = false;
    if (id === undefined) goTo(["chat", conversation.id], { replace: true });
  };
  return (
    <div class={empty ? "chat is-empty" : "chat"}>
      <ChatHead conversation={conversation} />
      {empty ? <Welcome /> : <Thread key={conversation.id} conversation={conversation} />}
      <Composer key={`composer-${conversation.id}`} conversation={conversation} onSent={sent} />
      {empty && <Ideas conversation={conversation} />}
    </div>
  );
}
