import type { ConverseBlock, ConverseInput, ConverseMessage } from "../../src/dapr/components/bedrock/bedrock-sdk.js";

/** What Bedrock's Converse refuses in a request, in words: see `service-rules.ts`. */
export function converse({ messages, toolConfig }: ConverseInput): string[] {
  const wrong: string[] = [];
  if (messages[0]?.role !== "user") wrong.push("the first message is not the user's");
  const ids = new Set<string>();
  const documents = new Set<string>();
  for (const [index, message] of messages.entries()) {
    const at = `messages[${index}]`;
    if (message.role === messages[index - 1]?.role) wrong.push(`${at}: two in a row of ${message.role}`);
    if (message.content.length === 0) wrong.push(`${at}: no content`);
    for (const block of message.content) {
      wrong.push(...blockRules(block, message.role, ids, documents).map((what) => `${at}: ${what}`));
    }
    if (message.content.some(({ document }) => document) && !message.content.some(({ text }) => text)) {
      wrong.push(`${at}: a document without a text`);
    }
    wrong.push(...unanswered(message, messages[index + 1]).map((what) => `${at}: ${what}`));
  }
  if (ids.size > 0 && toolConfig === undefined) wrong.push("calls, and no tools");
  return wrong;
}

function unanswered({ role, content }: ConverseMessage, next: ConverseMessage | undefined): string[] {
  if (role !== "assistant") return [];
  const calls = content.flatMap(({ toolUse }) => toolUse?.toolUseId ?? []);
  const results = (next?.content ?? []).flatMap(({ toolResult }) => toolResult?.toolUseId ?? []);
  const same = calls.length === results.length && calls.every((id) => results.includes(id));
  return same ? [] : [`${calls.length} calls, ${results.length} results`];
}

function blockRules(
  { text, toolUse, toolResult, reasoningContent, document }: ConverseBlock,
  role: string,
  ids: Set<string>,
  documents: Set<string>,
): string[] {
  const wrong: string[] = [];
  if (text !== undefined && text.trim() === "") wrong.push("a blank text");
  if (toolUse !== undefined) {
    const { toolUseId: id, name } = toolUse;
    if (role !== "assistant") wrong.push("a call of the user's");
    if (!/^[A-Za-z0-9_-]{1,64}$/.test(id)) wrong.push(`id ${id}`);
    if (!/^[A-Za-z0-9_-]{1,64}$/.test(name)) wrong.push(`name ${name}`);
    if (ids.has(id)) wrong.push(`id ${id} twice`);
    ids.add(id);
  }
  if (toolResult !== undefined && role !== "user") wrong.push("a result of the assistant's");
  if (reasoningContent?.reasoningText?.signature === "") wrong.push("reasoning without a signature");
  if (document !== undefined) {
    if (documents.has(document.name)) wrong.push(`two documents of the name ${document.name}`);
    documents.add(document.name);
  }
  return wrong;
}
