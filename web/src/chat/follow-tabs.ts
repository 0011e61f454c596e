import { signal } from "@preact/signals";
import { rereadConversation } from "../conversation/conversation-list.js";
import { goTo, route } from "../shell/route.js";
import { listenToTabs, type TabNews } from "../store/tabs.js";
import { openConversation } from "./open-conversation.js";

/** Whether the chat that was shown was deleted in another tab. */
export const deletedElsewhere = signal(false);

/** Shows what other tabs write: the list, and the conversation that is open. Returns how to leave. */
export function followTabs(): () => void {
  return listenToTabs((news) => void follow(news));
}

async function follow(news: TabNews): Promise<void> {
  const open = openConversation.peek();
  const isOpen = open?.id === news.conversation;
  if (isOpen) open.hear(news);
  if (news.kind !== "conversation") return;
  const record = await rereadConversation(news.conversation);
  if (record !== undefined || !isOpen || openConversation.peek() !== open) return;
  open.abandon();
  openConversation.value = undefined;
  if (route.peek().rest[0] !== open.id) return;
  deletedElsewhere.value = true;
  goTo(["chat"], { replace: true });
}
