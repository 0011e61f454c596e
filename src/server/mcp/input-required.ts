import type { InputRequestPart } from "../../stream/message.js";
import { runOf, type TaskTurn } from "../tasks/task-turns.js";
import { elicitationOf } from "./elicitation.js";
import { complete } from "./per-request-result.js";

/** What asks each request of a client's user, by the request's id; `undefined` where a form cannot have what one asks for. */
export function inputRequestsOf(requests: readonly InputRequestPart[]): Record<string, object> | undefined {
  const asked: Record<string, object> = {};
  for (const request of requests) {
    const form = elicitationOf([request]);
    if (form === undefined) return undefined;
    asked[request.id] = { method: "elicitation/create", params: { mode: "form", ...form } };
  }
  return asked;
}

/** A result that is to be asked for again with answers (MCP 2026-07-28, Multi Round-Trip Requests). */
export function inputRequired(inputRequests: object, { taskId, turn }: Pick<TaskTurn, "taskId" | "turn">): object {
  return { ...complete({ inputRequests, requestState: runOf(taskId, turn) }), resultType: "input_required" };
}
