import type { Caller } from "../protect/caller.js";
import type { ServerCore } from "../server-core.js";
import { threadOf } from "../start-served.js";
import { type TaskTurn, turnOf } from "../tasks/task-turns.js";

/** Where the newest run of a context is found. */
export function contextThread(contextId: string): string {
  return `a2a/${contextId}`;
}

/** The group in which a caller's tasks of an agent are listed. */
export function tasksOf(agent: string): string {
  return `a2a/${agent}`;
}

/** The newest turn of a context of the caller's; `undefined` where it has no message. */
export async function newestTurn(core: ServerCore, caller: Caller, contextId: string): Promise<TaskTurn | undefined> {
  const run = await core.log.newestOf(threadOf({ caller }, contextThread(contextId)));
  return run === undefined ? undefined : turnOf(core, caller, run);
}
