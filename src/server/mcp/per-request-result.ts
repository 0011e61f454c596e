import { META } from "../../tools/mcp/per-request-names.js";
import { runOf, type TaskTurn } from "../tasks/task-turns.js";

/** What this server is called. */
export const SERVER_INFO = { name: "sluice", version: "1.0.0" };

/** A result of MCP 2026-07-28: it says that it is whole, and whose it is. */
export function complete(result: object): object {
  return typed("complete", result);
}

/** A result that is to be asked for again with answers (MCP 2026-07-28, Multi Round-Trip Requests). */
export function inputRequired(inputRequests: object, { taskId, turn }: Pick<TaskTurn, "taskId" | "turn">): object {
  return typed("input_required", { inputRequests, requestState: runOf(taskId, turn) });
}

function typed(resultType: "complete" | "input_required", result: object): object {
  return { ...result, resultType, _meta: { [META.serverInfo]: SERVER_INFO } };
}
