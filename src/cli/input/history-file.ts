import { appendFileSync, chmodSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { isJsonObject, parseJson } from "../../base/json.js";
import { messageOf } from "../../stream/error.js";
import { History, type HistoryEntry, MOST_ENTRIES } from "./history.js";

/** An entry that is larger is remembered until the process ends, in UTF-16 code units. */
const LARGEST_ENTRY = 100_000;
/** A file that is larger is written anew with its newest entries, in UTF-16 code units. */
const LARGEST_FILE = 2_000_000;

/**
 * The history in a file: a JSON value a line, so that several lines stay one entry. Only its owner can read it. Several processes may write
 * to it at once. Each entry is written when it is entered.
 *
 * @param options `isPrivate`: what is entered now is not written. `warn` is called once where the file cannot be read or written.
 */
export function openHistory(
  file: string,
  { isPrivate = false, warn }: { isPrivate?: boolean; warn: (problem: string) => void },
): History {
  let hasFailed = false;
  const attempt = (act: () => void) => {
    try {
      act();
    } catch (thrown) {
      if (!hasFailed) warn(`what is entered is not remembered: ${file}: ${messageOf(thrown)}`);
      hasFailed = true;
    }
  };
  let entries: HistoryEntry[] = [];
  attempt(() => {
    entries = read(file);
  });
  return new History(entries, (entry) => {
    if (isPrivate || hasFailed || entry.text.length > LARGEST_ENTRY) return;
    attempt(() => append(file, entry));
  });
}

function append(file: string, entry: HistoryEntry): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  appendFileSync(file, lineOf(entry), { mode: 0o600 });
}

function read(file: string): HistoryEntry[] {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw thrown;
  }
  const lines = text.split("\n").slice(0, -1);
  // A line that was not written whole, or by somebody else, is no entry.
  const entries = lines.flatMap((line) => entryOf(line) ?? []).slice(-MOST_ENTRIES);
  chmodSync(file, 0o600);
  // A process that was killed while it wrote: what comes next begins a line.
  if (text !== "" && !text.endsWith("\n")) appendFileSync(file, "\n");
  if (lines.length > 2 * MOST_ENTRIES || text.length > LARGEST_FILE) rewrite(file, entries);
  return entries;
}

function rewrite(file: string, entries: readonly HistoryEntry[]): void {
  const lines: string[] = [];
  let length = 0;
  for (const entry of entries.toReversed()) {
    const line = lineOf(entry);
    length += line.length;
    if (length > LARGEST_FILE / 2) break;
    lines.unshift(line);
  }
  const temporary = `${file}.${process.pid}`;
  writeFileSync(temporary, lines.join(""), { mode: 0o600 });
  renameSync(temporary, file);
}

function lineOf({ text, pasted }: HistoryEntry): string {
  return `${JSON.stringify(pasted ? { text, pasted } : { text })}\n`;
}

function entryOf(line: string): HistoryEntry | undefined {
  try {
    const value = parseJson(line);
    if (!isJsonObject(value) || typeof value.text !== "string") return undefined;
    return { text: value.text, pasted: value.pasted === true };
  } catch {
    return undefined;
  }
}
