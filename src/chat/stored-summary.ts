import type { StoredMessage, StoredSummary } from "./conversation-store.js";
import type { EarlierSummary, WindowResult } from "./window.js";

/** The last summary that was kept on a path, and what it stands for. */
export function earlierSummary(path: readonly StoredMessage[]): EarlierSummary | undefined {
  const summary = path.findLast((message) => message.summary !== undefined)?.summary;
  const end = path.findIndex(({ id }) => id === summary?.upTo);
  if (summary === undefined || end === -1) return undefined;
  const covered = path.slice(0, end + 1).map(({ message }) => message);
  const { text, messages } = summary;
  return { text, ...(messages && { messages }), covers: new Set(covered.filter(({ role }) => role !== "system")) };
}

/** The summary that a window gave, to be kept, where it is another than the last one on the path. */
export function newSummary(
  path: readonly StoredMessage[],
  { summary: text, summaryMessages: messages, covers }: Pick<WindowResult, "summary" | "summaryMessages" | "covers">,
): StoredSummary | undefined {
  const last = path.findLast(({ message }) => covers?.has(message));
  const before = path.findLast(({ summary }) => summary !== undefined)?.summary;
  const known = text === undefined || (text === before?.text && last?.id === before.upTo);
  return known || last === undefined ? undefined : { text, ...(messages && { messages }), upTo: last.id };
}
