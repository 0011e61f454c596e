import type { ListTasksRequest, ListTasksResponse, Task } from "@a2a-js/sdk";
import { badRequest } from "../../dialects/wire-object.js";
import { STATE } from "../../models/a2a/a2a-words.js";
import { cursorOf, type ListPlace, placeOf } from "../list-cursor.js";
import type { Caller } from "../protect/caller.js";
import type { ServerCore } from "../server-core.js";
import { threadOf } from "../start-served.js";
import { turnsOf } from "../tasks/task-turns.js";
import { tasksOf } from "./task-context.js";
import { checkHistoryLength, keptSnapshot } from "./task-snapshot.js";

/** Of a page, by default and at most (A2A 1.0, ListTasksRequest). */
const USUAL = 50;
const MOST = 100;

/**
 * The caller's tasks of an agent that are kept, the last changed first. Its cost grows with their number: each is read.
 *
 * @throws {SluiceError} `invalid-request` for an invalid filter or page.
 */
export async function listTasks(
  core: ServerCore,
  caller: Caller,
  agent: string,
  request: ListTasksRequest,
): Promise<ListTasksResponse> {
  const { pageSize = USUAL, pageToken, contextId, historyLength, includeArtifacts: artifacts = false } = request;
  if (!Number.isInteger(pageSize) || pageSize < 1 || pageSize > MOST) {
    throw badRequest("pageSize", pageSize, `a whole number from 1 to ${MOST}`);
  }
  checkHistoryLength(historyLength);
  const isWanted = filterOf(request);
  const found: Task[] = [];
  for (const id of await core.log.runsOf(threadOf({ caller }, tasksOf(agent)))) {
    const turns = await turnsOf(core, caller, id);
    if (contextId !== "" && turns[0]?.contextId !== contextId) continue;
    const task = await keptSnapshot(core, turns, { historyLength, artifacts });
    if (task !== undefined && isWanted(task)) found.push(task);
  }
  found.sort((a, b) => order(placeIn(a), placeIn(b)));
  const after = pageToken === "" ? undefined : placeOf(pageToken, "pageToken");
  const rest = after === undefined ? found : found.filter((task) => order(placeIn(task), after) > 0);
  const tasks = rest.slice(0, pageSize);
  const last = tasks.at(-1);
  const nextPageToken = last !== undefined && rest.length > pageSize ? cursorOf(placeIn(last)) : "";
  return { tasks, nextPageToken, pageSize: tasks.length, totalSize: found.length };
}

function filterOf({ status, statusTimestampAfter }: ListTasksRequest): (task: Task) => boolean {
  const state: number = status;
  if (state !== 0 && !Object.values<number>(STATE).includes(state))
    throw badRequest("status", status, "a task's state");
  const since = statusTimestampAfter === undefined ? Number.NEGATIVE_INFINITY : Date.parse(statusTimestampAfter);
  if (Number.isNaN(since)) throw badRequest("statusTimestampAfter", statusTimestampAfter, "a time of ISO 8601");
  return (task) => (state === 0 || task.status?.state === status) && Date.parse(task.status?.timestamp ?? "") >= since;
}

function placeIn({ id, status }: Task): ListPlace {
  return { time: status?.timestamp ?? "", id };
}

/** Times of ISO 8601 in UTC are in order as texts. */
function order(a: ListPlace, b: ListPlace): number {
  if (a.time !== b.time) return a.time < b.time ? 1 : -1;
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
}
