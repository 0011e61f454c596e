import type { StoredConversation, StoredMessage } from "./conversation-store.js";
import { MessageTree } from "./message-tree.js";
import { readableParts } from "./readable-message.js";

/** The current branch of a conversation as plain text: each message under its time and role. */
export function exportText({ id, title, head, messages }: StoredConversation): string {
  const branch = new MessageTree(messages).path(head);
  const others = messages.length - branch.length;
  const heading = [title ?? id, ...(others > 0 ? [`(${others} messages of other branches are left out)`] : [])];
  return `${[heading.join("\n"), ...branch.map(block)].join("\n\n")}\n`;
}

function block({ message, createdAt, status }: StoredMessage): string {
  const lines = readableParts(message).map((part) => {
    switch (part.kind) {
      case "text":
        return part.text;
      case "reasoning":
        return `(thinks: ${part.text})`;
      case "data":
        return `[${part.label}: ${part.data}]`;
      case "note":
        return `[${part.text}]`;
      default:
        return part satisfies never;
    }
  });
  const stopped = status === "interrupted" ? " (interrupted)" : "";
  return [`[${createdAt}] ${message.role}${stopped}:`, ...lines].join("\n");
}
