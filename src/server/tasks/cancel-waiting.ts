import { SluiceError } from "../../stream/error.js";
import type { ServerCore } from "../server-core.js";
import { runOf, type TaskTurn, turnMeta } from "./task-turns.js";

/**
 * Ends a task that waits for input: its next turn says no more than that it was cancelled. Where somebody was sooner with
 * that turn, it is stopped.
 *
 * @param asked the turn that waits. @param thread under which the task's newest run is found, if it is. @param announced whether
 *   its end is announced.
 */
export async function cancelWaiting(
  core: ServerCore,
  asked: TaskTurn,
  { reason, thread, announced = false }: { reason: string; thread?: string | undefined; announced?: boolean },
): Promise<void> {
  const { taskId, contextId, turn, messages, record } = asked;
  const next = runOf(taskId, turn + 1);
  const meta = { ...record.meta, ...turnMeta(taskId, contextId, turn + 1, messages) };
  try {
    const writer = await core.log.open(next, {
      meta,
      follows: record.run,
      announced,
      ...(thread !== undefined && { thread }),
    });
    writer.fail(new SluiceError("cancelled", reason));
    await writer.flushed();
  } catch (thrown) {
    if (SluiceError.from(thrown).code !== "conflict") throw thrown;
    await core.log.stop(next, reason);
  }
}
