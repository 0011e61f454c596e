import type { TaskPushNotificationConfig } from "@a2a-js/sdk";
import { isJsonObject, parseJson } from "../../base/json.js";
import { uuid } from "../../base/uuid.js";
import { badRequest } from "../../dialects/wire-object.js";
import type { GuardedFetch } from "../../models/http/guarded-fetch.js";
import type { RunLog, RunRecord } from "../../runs/run-log.js";

/** Where a task's changes are posted to. */
export interface PushTarget {
  config: TaskPushNotificationConfig;
  /** The version of A2A that its client speaks, and notifications are written in. */
  version: "1.0" | "0.3";
}

/** Under what targets are noted with the first run of a task, so that whichever replica ends a turn finds them. */
const NOTE = "a2a-push/";
/** Of one task. */
const MOST = 10;
/** What stands in a header. */
const VISIBLE = /^[\x20-\x7e]*$/;

/**
 * Looks whether a target may be noted.
 *
 * @param noted those that the task has.
 * @returns what is to be noted: with an id.
 * @throws {SluiceError} `invalid-request` for an invalid address or token, or one target too many; `permission` for an
 *   address that is not reached.
 */
export function checkedTarget(guarded: GuardedFetch, noted: readonly PushTarget[], target: PushTarget): PushTarget {
  const { url, token, authentication, id } = target.config;
  if (!URL.canParse(url)) throw badRequest("url", url, "an address");
  guarded.check(new URL(url));
  for (const [field, text] of [
    ["token", token],
    ["authentication.scheme", authentication?.scheme ?? ""],
    ["authentication.credentials", authentication?.credentials ?? ""],
  ] as const) {
    if (!VISIBLE.test(text)) throw badRequest(field, text, "visible ASCII characters");
  }
  const others = noted.filter(({ config }) => config.id !== id);
  if (others.length >= MOST) throw badRequest("id", id, `one of at most ${MOST} targets of a task`);
  return { ...target, config: { ...target.config, id: id || uuid() } };
}

/** A checked target as a note of its task, in place of the one with its id. */
export function targetNote(taskId: string, { config, version }: PushTarget): Record<string, string> {
  return { [`${NOTE}${config.id}`]: JSON.stringify({ config: { ...config, taskId }, version }) };
}

/** Notes a checked target with its task. @returns what was noted. */
export async function addPushTarget(
  log: RunLog,
  task: RunRecord,
  target: PushTarget,
): Promise<TaskPushNotificationConfig> {
  for (const [name, value] of Object.entries(targetNote(task.run, target))) await log.note(task.run, name, value);
  return { ...target.config, taskId: task.run };
}

/** Takes a target back, if there is such a one. */
export async function removePushTarget(log: RunLog, task: RunRecord, id: string): Promise<void> {
  await log.note(task.run, `${NOTE}${id}`, undefined);
}

/** Where the changes of a task are posted to. */
export function pushTargets({ notes }: RunRecord): PushTarget[] {
  const noted = Object.entries(notes).filter(([name]) => name.startsWith(NOTE));
  return noted.flatMap(([, text]) => {
    const target = parseJson(text);
    return isJsonObject(target) ? [target as unknown as PushTarget] : [];
  });
}
