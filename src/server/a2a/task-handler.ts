import type {
  AgentCard,
  CancelTaskRequest,
  DeleteTaskPushNotificationConfigRequest,
  GetTaskPushNotificationConfigRequest,
  GetTaskRequest,
  ListTaskPushNotificationConfigsRequest,
  ListTaskPushNotificationConfigsResponse,
  ListTasksRequest,
  ListTasksResponse,
  Message,
  SendMessageRequest,
  StreamResponse,
  SubscribeToTaskRequest,
  Task,
  TaskPushNotificationConfig,
} from "@a2a-js/sdk";
import type { A2ARequestHandler, ServerCallContext } from "@a2a-js/sdk/server";
import { uuid } from "../../base/uuid.js";
import { STATE } from "../../models/a2a/a2a-words.js";
import type { RunReader, RunRecord } from "../../runs/run-log.js";
import { messageOf, SluiceError } from "../../stream/error.js";
import type { ChatMessage } from "../../stream/message.js";
import type { Peers } from "../../stream/peers.js";
import type { ServerCall } from "../call.js";
import type { ServedModel } from "../served-models.js";
import type { ServerCore } from "../server-core.js";
import { type ServedRun, startServed, threadOf } from "../start-served.js";
import { cancelWaiting } from "../tasks/cancel-waiting.js";
import { conversationAfter, runOf, type TaskTurn, turnMeta, turnOf, turnsOf } from "../tasks/task-turns.js";
import { listTasks } from "./list-tasks.js";
import type { PushNotifications } from "./push-notifications.js";
import {
  addPushTarget,
  checkedTarget,
  type PushTarget,
  pushTargets,
  removePushTarget,
  targetNote,
} from "./push-targets.js";
import { readMessage } from "./read-message.js";
import { contextThread, newestTurn, tasksOf } from "./task-context.js";
import { catchUp, checkHistoryLength, type SnapshotOptions, taskAt, taskSnapshot } from "./task-snapshot.js";
import { TaskWriter } from "./task-writer.js";

const CANCELLED = "the task was cancelled";

/** What one call of A2A is about. */
export interface TaskHandlerSettings {
  core: ServerCore;
  call: ServerCall;
  served: ServedModel;
  card: AgentCard;
  /** Those of A2A's package. */
  errors: Peers["@a2a-js/sdk/errors"];
}

type NewTurn = Omit<TaskTurn, "record">;

/** Answers A2A's methods for one caller and one agent. A task is a run, or several where it waited for input between them. */
export class TaskHandler implements A2ARequestHandler {
  readonly #core: ServerCore;
  readonly #call: ServerCall;
  readonly #served: ServedModel;
  readonly #card: AgentCard;
  readonly #errors: Peers["@a2a-js/sdk/errors"];

  constructor({ core, call, served, card, errors }: TaskHandlerSettings) {
    this.#errors = errors;
    this.#core = core;
    this.#call = call;
    this.#served = served;
    this.#card = card;
  }

  async getAgentCard(): Promise<AgentCard> {
    return this.#card;
  }

  async getAuthenticatedExtendedAgentCard(): Promise<never> {
    throw new this.#errors.ExtendedAgentCardNotConfiguredError("the agent card is all there is");
  }

  async sendMessage(request: SendMessageRequest, context: ServerCallContext): Promise<Task> {
    const { turns, reader } = await this.#begin(request, context);
    const { historyLength, returnImmediately = false } = request.configuration ?? {};
    if (returnImmediately) {
      reader.cancel();
      return this.#snapshot(turns, { historyLength });
    }
    for (let entry = await reader.next(); entry !== undefined; entry = await reader.next());
    return this.#snapshot(await this.#turns(turns[0]?.taskId ?? ""), { historyLength });
  }

  async *sendMessageStream(
    request: SendMessageRequest,
    context: ServerCallContext,
  ): AsyncGenerator<StreamResponse, void, undefined> {
    const { turns, reader } = await this.#begin(request, context);
    const newest = turns.at(-1);
    if (newest === undefined) return;
    yield { payload: { $case: "task", value: await taskAt(this.#core, turns, new TaskWriter(newest)) } };
    yield* updates(reader, new TaskWriter(newest));
  }

  async getTask({ id, historyLength }: GetTaskRequest): Promise<Task> {
    this.#wellFormed(() => checkHistoryLength(historyLength));
    return this.#snapshot(await this.#turns(id), { historyLength });
  }

  async listTasks(request: ListTasksRequest): Promise<ListTasksResponse> {
    const asked = listTasks(this.#core, this.#call.caller, this.#served.name, request);
    return asked.catch((thrown) => {
      throw this.#malformed(thrown);
    });
  }

  async cancelTask({ id }: CancelTaskRequest): Promise<Task> {
    const turns = await this.#turns(id);
    const newest = turns.at(-1);
    const ended = newest && (await this.#cancelled(newest, turns));
    if (ended === undefined) throw new this.#errors.TaskNotCancelableError(`the task ${id} is over`);
    const reader = await this.#core.log.read(ended);
    for (let entry = await reader.next(); entry !== undefined; entry = await reader.next());
    return this.#snapshot(await this.#turns(id));
  }

  /** How the task stands, and what follows, of turns that are still to come as well, until it has ended. */
  async *resubscribe({ id }: SubscribeToTaskRequest): AsyncGenerator<StreamResponse, void, undefined> {
    let turns = await this.#turns(id);
    for (let resumed = true; ; resumed = false) {
      const newest = turns.at(-1);
      if (newest === undefined) return;
      const reader = await this.#core.log.read(newest.record.run);
      this.#leaveWith(reader);
      const writer = new TaskWriter(newest);
      if (resumed) await catchUp(reader, newest, writer);
      if (resumed && writer.over && writer.status.state !== STATE.inputRequired) {
        throw new this.#errors.UnsupportedOperationError(`the task ${id} is over`);
      }
      if (resumed) yield { payload: { $case: "task", value: await taskAt(this.#core, turns, writer) } };
      yield* updates(reader, writer);
      if (writer.status.state !== STATE.inputRequired) return;
      await this.#core.log.begun(runOf(id, newest.turn + 1), this.#call.signal);
      turns = await this.#turns(id);
    }
  }

  async createTaskPushNotificationConfig(
    config: TaskPushNotificationConfig,
    context: ServerCallContext,
  ): Promise<TaskPushNotificationConfig> {
    const push = this.#push();
    const record = await this.#record(config.taskId);
    const target = this.#checked(push, record, { config, version: versionOf(context) });
    return addPushTarget(this.#core.log, record, target);
  }

  async getTaskPushNotificationConfig({
    taskId,
    id,
  }: GetTaskPushNotificationConfigRequest): Promise<TaskPushNotificationConfig> {
    this.#push();
    const found = pushTargets(await this.#record(taskId)).find(({ config }) => config.id === id);
    if (found !== undefined) return found.config;
    throw new this.#errors.TaskNotFoundError(`the task ${taskId} has no push notification config ${id}`);
  }

  async listTaskPushNotificationConfigs({
    taskId,
  }: ListTaskPushNotificationConfigsRequest): Promise<ListTaskPushNotificationConfigsResponse> {
    this.#push();
    const configs = pushTargets(await this.#record(taskId)).map(({ config }) => config);
    return { configs, nextPageToken: "" };
  }

  async deleteTaskPushNotificationConfig({ taskId, id }: DeleteTaskPushNotificationConfigRequest): Promise<void> {
    this.#push();
    await removePushTarget(this.#core.log, await this.#record(taskId), id);
  }

  /** Begins a task, or another turn of one that waits for input. */
  async #begin(
    { message, configuration }: SendMessageRequest,
    context: ServerCallContext,
  ): Promise<{ turns: TaskTurn[]; reader: RunReader }> {
    if (message === undefined) throw new this.#errors.RequestMalformedError("message is missing");
    this.#wellFormed(() => checkHistoryLength(configuration?.historyLength));
    const config = configuration?.taskPushNotificationConfig;
    const push = config === undefined ? this.#core.pushNotifications : this.#push();
    const earlier = message.taskId === "" ? [] : await this.#waiting(message.taskId);
    const [first] = earlier;
    const taskId = first?.taskId ?? uuid();
    const contextId = first?.contextId ?? (message.contextId || uuid());
    const before = earlier.at(-1) ?? (await newestTurn(this.#core, this.#call.caller, contextId));
    if (before?.record.state === "running")
      throw new this.#errors.UnsupportedOperationError(`the context ${contextId} is answering`);
    const history = before === undefined ? [] : await conversationAfter(this.#core, before);
    const messages: ChatMessage[] = [...history, ...this.#read(message, history)];
    // Before anything runs: what is refused costs nothing.
    const target = push && config && this.#checked(push, first?.record, { config, version: versionOf(context) });
    const ids = { taskId, contextId, turn: earlier.length + 1, messages };
    const run = await (first === undefined || target === undefined
      ? this.#run(ids, target)
      : this.#runWithTarget(ids, first.record, target));
    const reader = run.read();
    this.#leaveWith(reader);
    return { turns: await this.#turns(taskId), reader };
  }

  /** Runs a turn of a task that has begun, with a target that stands there before the turn can end. */
  async #runWithTarget(ids: NewTurn, task: RunRecord, target: PushTarget): Promise<ServedRun> {
    const { log } = this.#core;
    const { id } = target.config;
    const replaced = pushTargets(task).find(({ config }) => config.id === id);
    await addPushTarget(log, task, target);
    try {
      return await this.#run(ids);
    } catch (thrown) {
      await (replaced === undefined ? removePushTarget(log, task, id) : addPushTarget(log, task, replaced));
      throw thrown;
    }
  }

  /** @param target of a task that begins with this. */
  #run({ taskId, contextId, turn, messages }: NewTurn, target?: PushTarget): Promise<ServedRun> {
    const { name, model } = this.#served;
    return startServed(this.#core, this.#call, {
      model: name,
      protocol: "a2a",
      request: { messages },
      run: runOf(taskId, turn),
      thread: contextThread(contextId),
      ...(turn === 1 ? { group: tasksOf(name) } : { follows: runOf(taskId, turn - 1) }),
      ...(target !== undefined && { notes: targetNote(taskId, target) }),
      announced: this.#isAnnounced,
      resumable: true,
      meta: turnMeta(taskId, contextId, turn, messages),
      stream: (context) => model.stream({ messages }, { context, retain: false }),
    });
  }

  /** Ends a task by its newest turn, or by another where that waits. @returns the run that ends it; `undefined` where it is over. */
  async #cancelled(newest: TaskTurn, turns: readonly TaskTurn[]): Promise<string | undefined> {
    const { run } = newest.record;
    if (await this.#core.log.stop(run, CANCELLED)) return run;
    if ((await this.#snapshot(turns)).status?.state !== STATE.inputRequired) return undefined;
    const thread = threadOf(this.#call, contextThread(newest.contextId));
    const next = runOf(newest.taskId, newest.turn + 1);
    await cancelWaiting(this.#core, newest, { reason: CANCELLED, thread, announced: this.#isAnnounced });
    return next;
  }

  /** The turns of a task that waits for input. */
  async #waiting(taskId: string): Promise<TaskTurn[]> {
    const turns = await this.#turns(taskId);
    const { status } = await this.#snapshot(turns);
    if (status?.state === STATE.inputRequired) return turns;
    throw new this.#errors.UnsupportedOperationError(`the task ${taskId} does not wait for input`);
  }

  async #turns(taskId: string): Promise<TaskTurn[]> {
    const turns = await turnsOf(this.#core, this.#call.caller, taskId);
    if (turns.length === 0) throw this.#noTask(taskId);
    return turns;
  }

  #noTask(taskId: string): Error {
    return new this.#errors.TaskNotFoundError(`there is no task ${taskId}, or it is not kept any more`);
  }

  /** The first run of a task, with which its notes are. */
  async #record(taskId: string): Promise<RunRecord> {
    const first = await turnOf(this.#core, this.#call.caller, taskId);
    if (first?.taskId !== taskId) throw this.#noTask(taskId);
    return first.record;
  }

  /** Whether push notifications are sent when turns end. */
  get #isAnnounced(): boolean {
    return this.#core.pushNotifications !== undefined;
  }

  #push(): PushNotifications {
    const { pushNotifications } = this.#core;
    if (pushNotifications !== undefined) return pushNotifications;
    throw new this.#errors.PushNotificationNotSupportedError(
      "this server sends no notifications; subscribe to the task",
    );
  }

  /** @param task absent for one that is still to begin. */
  #checked({ guarded }: PushNotifications, task: RunRecord | undefined, target: PushTarget): PushTarget {
    return this.#wellFormed(() => checkedTarget(guarded, task === undefined ? [] : pushTargets(task), target));
  }

  #read(message: Message, history: readonly ChatMessage[]): ChatMessage[] {
    try {
      return readMessage(message, history);
    } catch (thrown) {
      throw new this.#errors.RequestMalformedError(messageOf(thrown));
    }
  }

  #wellFormed<T>(read: () => T): T {
    try {
      return read();
    } catch (thrown) {
      throw this.#malformed(thrown);
    }
  }

  /** What is refused is the request's fault; all else is not. */
  #malformed(thrown: unknown): unknown {
    const { code } = SluiceError.from(thrown);
    const isRefused = code === "invalid-request" || code === "permission";
    return isRefused ? new this.#errors.RequestMalformedError(messageOf(thrown)) : thrown;
  }

  #leaveWith(reader: RunReader): void {
    this.#call.onLeave(() => reader.cancel());
  }

  /** A task as far as its log says it now. */
  async #snapshot(turns: readonly TaskTurn[], options?: SnapshotOptions): Promise<Task> {
    const task = await taskSnapshot(this.#core, turns, options);
    if (task === undefined) throw new this.#errors.TaskNotFoundError("there is no such task");
    return task;
  }
}

function versionOf({ requestedVersion }: ServerCallContext): PushTarget["version"] {
  return requestedVersion === "0.3" ? "0.3" : "1.0";
}

async function* updates(reader: RunReader, writer: TaskWriter): AsyncGenerator<StreamResponse, void, undefined> {
  for (let entry = await reader.next(); entry !== undefined; entry = await reader.next()) yield* writer.take(entry);
}
