/** The keys and channels of one run in Redis. What stands in braces decides the node of a cluster. */
export interface RunKeys {
  log: string;
  known: string;
  alive: string;
  /** Where entries are published. */
  entries: string;
}

export function keysOf(prefix: string, run: string): RunKeys {
  const base = `{${prefix}:run:${run}}`;
  return {
    log: `${base}:log`,
    known: `${base}:known`,
    alive: `${base}:alive`,
    entries: `${base}:entries`,
  };
}

/** The key under which the newest run of a thread stands. */
export function threadKey(prefix: string, thread: string): string {
  return `${prefix}:thread:${thread}`;
}

/** Where the runs of a group stand (set). */
export function groupKey(prefix: string, group: string): string {
  return `${prefix}:group:${group}`;
}

/** Where the runs of which each follows another stand (set), by the first of them. */
export function chainKey(prefix: string, chain: string): string {
  return `${prefix}:chain:${chain}`;
}

/** What was noted of a run stands in its hash, under names that begin so. */
export const NOTE = "note:";

/** The field of a run's hash with the first of the runs that it follows. */
export const CHAIN = "chain";

/** The field of a run's hash that is there while its end is to be announced: how many processes have tried. */
export const ANNOUNCED = "announced";

/** Where a process listens for what is asked of the runs that it writes. */
export function writerChannel(prefix: string, process: string): string {
  return `${prefix}:writer:${process}`;
}

/** The id of the entry whose first event has a number: ids begin at 1. */
export function entryId(seq: number): string {
  return `${seq + 1}-0`;
}

/** Where the channels of all processes that write runs stand (set). */
export function writersKey(prefix: string): string {
  return `${prefix}:writers`;
}

/** A process's sign of life (string that expires), and the runs that it writes (set). */
export function writerKeys(channel: string): { alive: string; runs: string } {
  return { alive: `${channel}:alive`, runs: `${channel}:runs` };
}
