import type { StoredMessage, StoredSummary } from "./conversation-store.js";
import type { EarlierSummary, WindowResult } from "./window.js";

/** The last summary that was kept on a path, and what it stands for. */
export function earlierSummary(path: readonly StoredMessage[]): EarlierSummary | undefined {
  const summary = path.findLast((message) => message.summary !== undefined)?.summary;
  const end = path.findIndex(({ id }) => id === summary?.upTo);
  if (summary === undefined || end === -1) return undefined;
  const covered = path.slice(0, end + 1).map(({ message }) => message);
  return { text: summary.text, covers: new Set(covered.filter(({ role }) => role !== "system")) };
}

/** The summary that a window gave, to be kept, where it is another than the last one on the path. */
export function newSummary(
  path: readonly StoredMessage[],
  text: string | undefined,
  covers: WindowResult["covers"],
): StoredSummary | undefined {
  const last = path.findLast(({ message }) => covers?.has(message));
  const known = text === undefined || text === earlierSummary(path)?.text;
  return known || last === undefined ? undefined : { text, upTo: last.id };
}
