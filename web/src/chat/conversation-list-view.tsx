import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { Branches } from "../conversation/branches.js";
import { conversations, deleteConversation, renameConversation } from "../conversation/conversation-list.js";
import { exportMarkdown } from "../conversation/export-conversation.js";
import { isEnter } from "../design/enter-key.js";
import { focusAfter } from "../design/focus-after.js";
import { Icon } from "../design/icon.js";
import { Popover } from "../design/popover.js";
import { goTo, hrefOf, route } from "../shell/route.js";
import { leaveSidebar } from "../shell/sidebar.js";
import type { ConversationRecord } from "../store/records.js";
import { shelf } from "../store/shelf.js";
import { setDraft } from "./drafts.js";
import { openConversation } from "./open-conversation.js";

const DAY_MS = 86_400_000;

/** How many are shown at first, and more with each wish for older ones: thousands would slow everything down. */
const PAGE = 100;

/** The conversations of this browser, by age. */
export function ConversationList() {
  const shown = useSignal(PAGE);
  const list = conversations.value;
  if (list === undefined) return <div class="conversations" />;
  if (list.length === 0) return <p class="conversations none">Your chats are kept in this browser.</p>;
  return (
    <nav class="conversations" aria-label="Chats">
      {groupsOf(list.slice(0, shown.value)).map(({ title, records }) => (
        <section key={title} aria-label={title}>
          <h2>{title}</h2>
          <ul>
            {records.map((record) => (
              <Row key={record.id} record={record} />
            ))}
          </ul>
        </section>
      ))}
      {list.length > shown.value && (
        <button
          type="button"
          class="button small older-chats"
          onClick={() => {
            shown.value += PAGE;
          }}
        >
          Show older chats
        </button>
      )}
    </nav>
  );
}

function Row({ record }: { record: ConversationRecord }) {
  const renaming = useSignal(false);
  const link = useRef<HTMLAnchorElement>(null);
  const current = route.value.page === "chat" && route.value.rest[0] === record.id;
  const running = openConversation.value?.id === record.id && openConversation.value.running.value !== undefined;
  if (renaming.value) {
    return (
      <li>
        <Renamer
          record={record}
          onDone={() => {
            renaming.value = false;
            focusAfter(() => link.current);
          }}
        />
      </li>
    );
  }
  return (
    <li class={current ? "conversation current" : "conversation"}>
      <a
        ref={link}
        href={hrefOf("chat", record.id)}
        aria-current={current ? "page" : undefined}
        title={record.title}
        onClick={leaveSidebar}
      >
        {record.title || "New chat"}
        {running && <span class="caret" role="img" aria-label="An answer arrives" />}
      </a>
      <Popover label={`More of ${record.title}`} class="icon-button small" button={<Icon name="more" />}>
        {(close) => (
          <Menu
            record={record}
            close={close}
            onRename={() => {
              renaming.value = true;
            }}
          />
        )}
      </Popover>
    </li>
  );
}

function Menu({ record, close, onRename }: { record: ConversationRecord; close(): void; onRename(): void }) {
  const sure = useSignal(false);
  const remove = () => {
    if (!sure.value) {
      sure.value = true;
      return;
    }
    close();
    if (openConversation.peek()?.id === record.id) {
      openConversation.peek()?.stop();
      goTo(["chat"], { replace: true });
    }
    void deleteConversation(record.id);
    setDraft(record.id, "", false);
  };
  return (
    <>
      <button
        type="button"
        class="menu-item"
        onClick={() => {
          close();
          onRename();
        }}
      >
        <Icon name="edit" />
        Rename
      </button>
      <button
        type="button"
        class="menu-item"
        onClick={() => {
          close();
          void exportKept(record);
        }}
      >
        <Icon name="download" />
        Export
      </button>
      <button type="button" class="menu-item danger" onClick={remove}>
        <Icon name="trash" />
        {sure.value ? "Delete for good" : "Delete"}
      </button>
    </>
  );
}

function Renamer({ record, onDone }: { record: ConversationRecord; onDone(): void }) {
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.select(), []);
  const done = (keep: boolean) => {
    if (keep) void renameConversation(record.id, field.current?.value ?? "");
    onDone();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (isEnter(event)) done(true);
    if (event.key === "Escape") done(false);
  };
  return (
    <input
      ref={field}
      class="input rename"
      aria-label="Title"
      defaultValue={record.title}
      onKeyDown={onKeyDown}
      onBlur={() => done(true)}
    />
  );
}

async function exportKept({ id, title, head }: ConversationRecord): Promise<void> {
  exportMarkdown(title, new Branches(await shelf.turns(id)).path(head));
}

function groupsOf(list: readonly ConversationRecord[]): { title: string; records: ConversationRecord[] }[] {
  const midnight = new Date().setHours(0, 0, 0, 0);
  const groups = [
    { title: "Today", since: midnight },
    { title: "Yesterday", since: midnight - DAY_MS },
    { title: "The last 7 days", since: midnight - 7 * DAY_MS },
    { title: "The last 30 days", since: midnight - 30 * DAY_MS },
    { title: "Older", since: Number.NEGATIVE_INFINITY },
  ].map((group) => ({ ...group, records: [] as ConversationRecord[] }));
  for (const record of list) groups.find(({ since }) => record.updatedAt >= since)?.records.push(record);
  return groups.filter(({ records }) => records.length > 0);
}
