import { isJsonObject, parseJson } from "../../base/json.js";
import type { RunRecord } from "../../runs/run-log.js";
import { SluiceError } from "../../stream/error.js";
import type { ChatMessage } from "../../stream/message.js";
import { withBytes, withoutBytes } from "../../stream/message-json.js";
import { Transcript } from "../../stream/transcript.js";
import { messages as messagesCheck } from "../../stream/validate-messages.js";
import type { Caller } from "../protect/caller.js";
import type { ServerCore } from "../server-core.js";

/** One turn of a task: a run, and the messages that it answers. A task that waited for input goes on in another turn. */
export interface TaskTurn {
  record: RunRecord;
  /** Counted from 1. */
  turn: number;
  taskId: string;
  contextId: string;
  /** The whole conversation, what this turn answers included. */
  messages: ChatMessage[];
}

/** The run of a task's turn. */
export function runOf(taskId: string, turn: number): string {
  return turn === 1 ? taskId : `${taskId}.${turn}`;
}

/** What a turn's run is stored with. */
export function turnMeta(taskId: string, contextId: string, turn: number, messages: readonly ChatMessage[]) {
  const history = JSON.stringify(messages.map(withoutBytes));
  return { task: taskId, context: contextId, turn: String(turn), messages: history };
}

/** The task that a run is a turn of, by what the run is stored with. */
export function taskIdOf({ task }: RunRecord["meta"]): string | undefined {
  return task;
}

/** All turns of a task that the caller began, the first one first; empty where there is no such task. */
export async function turnsOf(core: ServerCore, caller: Caller, taskId: string): Promise<TaskTurn[]> {
  const turns: TaskTurn[] = [];
  for (let turn = 1; ; turn++) {
    const found = await turnOf(core, caller, runOf(taskId, turn));
    if (found === undefined || found.taskId !== taskId) return turns;
    turns.push(found);
  }
}

/** The conversation until a turn's end: its question, and its messages. */
export async function conversationAfter(core: ServerCore, { record, messages }: TaskTurn): Promise<ChatMessage[]> {
  const transcript = new Transcript(true);
  const reader = await core.log.read(record.run);
  for (let entry = await reader.next(); entry !== undefined; entry = await reader.next()) {
    // What failed or was stopped counts all the same.
    if ("error" in entry) break;
    for (const event of entry.events) transcript.push(event);
  }
  reader.cancel();
  return [...messages, ...transcript.messages];
}

/** The turn of a task that a run of the caller's is. */
export async function turnOf(core: ServerCore, caller: Caller, run: string): Promise<TaskTurn | undefined> {
  const record = await core.log.find(run);
  const { owner, task: taskId, context: contextId, turn, messages: text } = record?.meta ?? {};
  if (record === undefined || owner !== caller.name) return undefined;
  if (taskId === undefined || contextId === undefined || turn === undefined || text === undefined) return undefined;
  return { record, turn: Number(turn), taskId, contextId, messages: messagesIn(text) };
}

function messagesIn(text: string): ChatMessage[] {
  const list = parseJson(text);
  if (!Array.isArray(list) || !list.every(isJsonObject))
    throw new SluiceError("protocol", "a task's messages are damaged");
  const messages = list.map((one, index) => withBytes(one as unknown as ChatMessage, `messages[${index}]`));
  messagesCheck(messages, "messages");
  return messages;
}
