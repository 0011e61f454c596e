import type {
  AgentCard,
  CancelTaskRequest,
  GetTaskRequest,
  Message,
  SendMessageRequest,
  StreamResponse,
  SubscribeToTaskRequest,
  Task,
} from "@a2a-js/sdk";
import type { A2ARequestHandler } from "@a2a-js/sdk/server";
import { uuid } from "../../base/uuid.js";
import { ROLE, STATE } from "../../models/a2a/a2a-words.js";
import type { RunReader } from "../../runs/run-log.js";
import { messageOf } from "../../stream/error.js";
import type { ChatMessage } from "../../stream/message.js";
import type { Peers } from "../../stream/peers.js";
import type { ServerCall } from "../call.js";
import type { ServedModel } from "../served-models.js";
import type { ServerCore } from "../server-core.js";
import { startServed } from "../start-served.js";
import { readMessage } from "./read-message.js";
import { contextThread, conversationAfter, newestTurn, runOf, type TaskTurn, turnMeta, turnsOf } from "./task-run.js";
import { TaskWriter, textPart } from "./task-writer.js";

/** What one call of A2A is about. */
export interface TaskHandlerSettings {
  core: ServerCore;
  call: ServerCall;
  served: ServedModel;
  card: AgentCard;
  /** Those of A2A's package. */
  errors: Peers["@a2a-js/sdk/errors"];
}

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

  async sendMessage(request: SendMessageRequest): Promise<Task> {
    const { turns, reader } = await this.#begin(request);
    const { historyLength, returnImmediately = false } = request.configuration ?? {};
    if (returnImmediately) {
      reader.cancel();
      return this.#snapshot(turns, historyLength);
    }
    for (let entry = await reader.next(); entry !== undefined; entry = await reader.next());
    return this.#snapshot(await this.#turns(turns[0]?.taskId ?? ""), historyLength);
  }

  async *sendMessageStream(request: SendMessageRequest): AsyncGenerator<StreamResponse, void, undefined> {
    const { turns, reader } = await this.#begin(request);
    const newest = turns.at(-1);
    if (newest === undefined) return;
    yield { payload: { $case: "task", value: await this.#task(turns, new TaskWriter(newest)) } };
    yield* updates(reader, new TaskWriter(newest));
  }

  async getTask({ id, historyLength }: GetTaskRequest): Promise<Task> {
    return this.#snapshot(await this.#turns(id), historyLength);
  }

  async cancelTask({ id }: CancelTaskRequest): Promise<Task> {
    const turns = await this.#turns(id);
    const newest = turns.at(-1);
    if (newest === undefined || !(await this.#core.log.stop(newest.record.run, "the task was cancelled"))) {
      throw new this.#errors.TaskNotCancelableError(`the task ${id} is over, or waits for input`);
    }
    const reader = await this.#core.log.read(newest.record.run);
    for (let entry = await reader.next(); entry !== undefined; entry = await reader.next());
    return this.#snapshot(await this.#turns(id));
  }

  /** How the task stands, and what follows. */
  async *resubscribe({ id }: SubscribeToTaskRequest): AsyncGenerator<StreamResponse, void, undefined> {
    const turns = await this.#turns(id);
    const newest = turns.at(-1);
    if (newest === undefined || newest.record.state !== "running") {
      throw new this.#errors.UnsupportedOperationError(`the task ${id} is over, or waits for input`);
    }
    const reader = await this.#core.log.read(newest.record.run);
    this.#leaveWith(reader);
    const writer = new TaskWriter(newest);
    let next = 0;
    while (next < newest.record.next) {
      const entry = await reader.next();
      if (entry === undefined) break;
      if ("error" in entry) writer.fail(entry.error);
      else for (const event of entry.events) writer.push(event);
      next = entry.seq + ("events" in entry ? entry.events.length : 1);
    }
    yield { payload: { $case: "task", value: await this.#task(turns, writer) } };
    if (writer.over) yield writer.statusUpdate;
    else yield* updates(reader, writer);
  }

  async listTasks(): Promise<never> {
    throw new this.#errors.UnsupportedOperationError("tasks are found by their ids");
  }

  async getAuthenticatedExtendedAgentCard(): Promise<never> {
    throw new this.#errors.ExtendedAgentCardNotConfiguredError("the agent card is all there is");
  }

  readonly createTaskPushNotificationConfig = () => this.#noPush();
  readonly getTaskPushNotificationConfig = () => this.#noPush();
  readonly listTaskPushNotificationConfigs = () => this.#noPush();
  readonly deleteTaskPushNotificationConfig = () => this.#noPush();

  /** Begins a task, or another turn of one that waits for input. */
  async #begin({ message, configuration }: SendMessageRequest): Promise<{ turns: TaskTurn[]; reader: RunReader }> {
    if (message === undefined) throw new this.#errors.RequestMalformedError("message is missing");
    if (configuration?.taskPushNotificationConfig !== undefined) return this.#noPush();
    const earlier = message.taskId === "" ? [] : await this.#waiting(message.taskId);
    const [first] = earlier;
    const taskId = first?.taskId ?? uuid();
    const contextId = first?.contextId ?? (message.contextId || uuid());
    const before = earlier.at(-1) ?? (await newestTurn(this.#core, this.#call.caller, contextId));
    if (before?.record.state === "running")
      throw new this.#errors.UnsupportedOperationError(`the context ${contextId} is answering`);
    const history = before === undefined ? [] : await conversationAfter(this.#core, before);
    const messages: ChatMessage[] = [...history, ...this.#read(message, history)];
    const turn = earlier.length + 1;
    const { name, model } = this.#served;
    const run = await startServed(this.#core, this.#call, {
      model: name,
      protocol: "a2a",
      request: { messages },
      run: runOf(taskId, turn),
      thread: contextThread(contextId),
      resumable: true,
      meta: turnMeta(taskId, contextId, turn, messages),
      stream: (context) => model.stream({ messages }, { context, retain: false }),
    });
    const reader = run.read();
    this.#leaveWith(reader);
    return { turns: await this.#turns(taskId), reader };
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
    if (turns.length === 0)
      throw new this.#errors.TaskNotFoundError(`there is no task ${taskId}, or it is not kept any more`);
    return turns;
  }

  async #noPush(): Promise<never> {
    throw new this.#errors.PushNotificationNotSupportedError(
      "this server sends no notifications; subscribe to the task",
    );
  }

  #read(message: Message, history: readonly ChatMessage[]): ChatMessage[] {
    try {
      return readMessage(message, history);
    } catch (thrown) {
      throw new this.#errors.RequestMalformedError(messageOf(thrown));
    }
  }

  #leaveWith(reader: RunReader): void {
    this.#call.onLeave(() => reader.cancel());
  }

  /** A task as far as its log says it now. */
  async #snapshot(turns: readonly TaskTurn[], historyLength?: number): Promise<Task> {
    const newest = turns.at(-1);
    if (newest === undefined) throw new this.#errors.TaskNotFoundError("there is no such task");
    return this.#task(turns, await this.#replayed(newest), historyLength);
  }

  async #replayed(turn: TaskTurn): Promise<TaskWriter> {
    const writer = new TaskWriter(turn);
    const { record } = turn;
    const reader = await this.#core.log.read(record.run);
    let next = 0;
    while (next < record.next || record.state !== "running") {
      const entry = await reader.next();
      if (entry === undefined) break;
      if ("error" in entry) writer.fail(entry.error);
      else for (const event of entry.events) writer.push(event);
      next = entry.seq + ("events" in entry ? entry.events.length : 1);
    }
    reader.cancel();
    return writer;
  }

  /** @param writer of the newest turn. */
  async #task(turns: readonly TaskTurn[], writer: TaskWriter, historyLength?: number): Promise<Task> {
    const [first] = turns;
    const earlier = await Promise.all(turns.slice(0, -1).map((turn) => this.#replayed(turn)));
    const history = turns.map(saidIn);
    return {
      id: first?.taskId ?? "",
      contextId: first?.contextId ?? "",
      status: writer.status,
      artifacts: [...earlier, writer].flatMap(({ artifacts }) => artifacts),
      history: historyLength === 0 ? [] : history.slice(-(historyLength ?? history.length)),
      metadata: undefined,
    };
  }
}

async function* updates(reader: RunReader, writer: TaskWriter): AsyncGenerator<StreamResponse, void, undefined> {
  for (let entry = await reader.next(); entry !== undefined; entry = await reader.next()) {
    if ("error" in entry) yield writer.fail(entry.error);
    else for (const event of entry.events) yield* writer.push(event);
  }
}

/** The client's message of a turn. */
function saidIn({ taskId, contextId, turn, messages }: TaskTurn): Message {
  const last = messages.at(-1);
  const content = last?.content ?? "";
  const text =
    typeof content === "string"
      ? content
      : content.map((part) => (part.type === "text" ? part.text : JSON.stringify(part))).join("");
  const messageId = `${runOf(taskId, turn)}.user`;
  const parts = [textPart(text)];
  return {
    messageId,
    taskId,
    contextId,
    role: ROLE.user,
    parts,
    metadata: undefined,
    extensions: [],
    referenceTaskIds: [],
  };
}
