import { parseJson } from "../base/json.js";
import { NOTE } from "./redis-keys.js";
import type { RunRecord, RunState } from "./run-log.js";

/**
 * What a run's hash says of it; `undefined` if there is none.
 *
 * @param oldest the id of the oldest entry of its log, where there is one.
 */
export function recordOf(
  run: string,
  hash: Readonly<Record<string, string>>,
  oldest: string | undefined,
): RunRecord | undefined {
  if (hash.state === undefined) return undefined;
  const next = Number(hash.next);
  const record: RunRecord = {
    run,
    state: hash.state as RunState,
    first: oldest === undefined ? next : Number(oldest.split("-", 1)[0]) - 1,
    next,
    startedAt: Number(hash.startedAt),
    meta: metaOf(hash.meta),
    notes: notesIn(hash),
  };
  return hash.endedAt === undefined ? record : { ...record, endedAt: Number(hash.endedAt) };
}

function metaOf(text: string | undefined): Record<string, string> {
  const meta = parseJson(text ?? "{}");
  if (typeof meta !== "object" || meta === null) return {};
  return Object.fromEntries(Object.entries(meta).map(([name, value]) => [name, String(value)]));
}

function notesIn(hash: Readonly<Record<string, string>>): Record<string, string> {
  const noted = Object.entries(hash).filter(([field]) => field.startsWith(NOTE));
  return Object.fromEntries(noted.map(([field, value]) => [field.slice(NOTE.length), value]));
}
