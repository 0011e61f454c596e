import { containedMarkdown, inlineText } from "./contained-markdown.js";
import type { StoredConversation, StoredMessage } from "./conversation-store.js";
import { MessageTree } from "./message-tree.js";
import { type ReadablePart, readableParts } from "./readable-message.js";
import { statisticsOf } from "./statistics.js";

const ROLES = { system: "System", user: "User", assistant: "Assistant", tool: "Tool" } as const;

/**
 * The current branch of a conversation as Markdown: a heading for each message, reasoning quoted, tools' data in fences. What
 * a message says cannot break out of its place (see `containedMarkdown`).
 */
export function exportMarkdown(conversation: StoredConversation): string {
  const { id, title, head, messages } = conversation;
  const branch = new MessageTree(messages).path(head);
  const heading = `# ${inlineText(title ?? id)}`;
  return `${[heading, facts(conversation, messages.length - branch.length), ...branch.map(section)].join("\n\n")}\n`;
}

function facts(conversation: StoredConversation, others: number): string {
  const { contextId, firstAt, lastAt, usage, cost } = statisticsOf(conversation);
  const { inputTokens, outputTokens } = usage;
  const lines = [
    `- Conversation: ${inlineText(contextId)}`,
    ...(firstAt !== undefined && lastAt !== undefined ? [`- From ${firstAt} to ${lastAt}`] : []),
    ...(inputTokens !== undefined && outputTokens !== undefined
      ? [`- Tokens: ${inputTokens} in, ${outputTokens} out`]
      : []),
    ...(cost !== undefined && cost > 0 ? [`- Cost: $${cost.toFixed(4)}`] : []),
    ...(others > 0 ? [`- ${others} messages of other branches are left out`] : []),
  ];
  return lines.join("\n");
}

function section({ message, createdAt, status, model }: StoredMessage): string {
  const parts = [
    ROLES[message.role],
    createdAt,
    model && inlineText(model),
    status === "interrupted" ? "interrupted" : undefined,
  ];
  return [`## ${parts.filter(Boolean).join(" · ")}`, ...readableParts(message).map(markdown)].join("\n\n");
}

function markdown(part: ReadablePart): string {
  switch (part.kind) {
    case "text":
      return containedMarkdown(part.text);
    case "reasoning":
      return containedMarkdown(part.text).replace(/^/gm, "> ");
    case "data": {
      const fence = fenceFor(part.data);
      return `*${inlineText(part.label)}*\n\n${fence}${part.language}\n${part.data}\n${fence}`;
    }
    case "note":
      return `*${inlineText(part.text)}*`;
    default:
      return part satisfies never;
  }
}

/** A fence that is longer than any in the text (CommonMark 0.31, section 4.5). */
function fenceFor(text: string): string {
  const longest = (text.match(/`+/g) ?? []).reduce((most, run) => Math.max(most, run.length), 2);
  return "`".repeat(longest + 1);
}
