import type { Message, Task } from "@a2a-js/sdk";
import { badRequest } from "../../dialects/wire-object.js";
import { ROLE } from "../../models/a2a/a2a-words.js";
import type { RunReader } from "../../runs/run-log.js";
import { seqAfter } from "../../stream/envelope.js";
import { SluiceError } from "../../stream/error.js";
import type { ServerCore } from "../server-core.js";
import { runOf, type TaskTurn } from "../tasks/task-turns.js";
import { TaskWriter, textPart } from "./task-writer.js";

/** How much of a task is shown. */
export interface SnapshotOptions {
  /** The newest messages of the client's that are shown. Default: all. */
  historyLength?: number | undefined;
  /** Whether files and texts are shown. Default true. */
  artifacts?: boolean;
}

/** @throws {SluiceError} `invalid-request` for an invalid number of messages. */
export function checkHistoryLength(length: number | undefined): void {
  if (length === undefined || (Number.isInteger(length) && length >= 0)) return;
  throw badRequest("historyLength", length, "a whole number of at least 0");
}

/** A task as far as its log says it now; `undefined` where it has no turn. */
export async function taskSnapshot(
  core: ServerCore,
  turns: readonly TaskTurn[],
  options?: SnapshotOptions,
): Promise<Task | undefined> {
  const newest = turns.at(-1);
  return newest && taskAt(core, turns, await replayed(core, newest, options), options);
}

/** The same without artifacts where the log does not keep all of them any more; `undefined` for a task that was forgotten meanwhile. */
export async function keptSnapshot(
  core: ServerCore,
  turns: readonly TaskTurn[],
  options?: SnapshotOptions,
): Promise<Task | undefined> {
  try {
    return await taskSnapshot(core, turns, options);
  } catch (thrown) {
    const { code } = SluiceError.from(thrown);
    if (code === "not-found") return undefined;
    if (code !== "run-expired" || options?.artifacts === false) throw thrown;
    return keptSnapshot(core, turns, { ...options, artifacts: false });
  }
}

/** @param writer of the newest turn. */
export async function taskAt(
  core: ServerCore,
  turns: readonly TaskTurn[],
  writer: TaskWriter,
  { historyLength, artifacts = true }: SnapshotOptions = {},
): Promise<Task> {
  const [first] = turns;
  const earlier = artifacts ? await Promise.all(turns.slice(0, -1).map((turn) => replayed(core, turn))) : [];
  const history = turns.filter(isAsked).map(clientMessage);
  return {
    id: first?.taskId ?? "",
    contextId: first?.contextId ?? "",
    status: writer.status,
    artifacts: artifacts ? [...earlier, writer].flatMap((one) => one.artifacts) : [],
    history: historyLength === 0 ? [] : history.slice(-(historyLength ?? history.length)),
    metadata: undefined,
  };
}

/** A turn as far as its log says it now; without artifacts, from where the log begins. */
async function replayed(
  core: ServerCore,
  turn: TaskTurn,
  { artifacts = true }: SnapshotOptions = {},
): Promise<TaskWriter> {
  const writer = new TaskWriter(turn);
  const { run, first } = turn.record;
  const reader = await core.log.read(run, artifacts ? {} : { after: first - 1 });
  await catchUp(reader, turn, writer);
  reader.cancel();
  return writer;
}

/** Reads the output of a turn up to now. */
export async function catchUp(reader: RunReader, { record }: TaskTurn, writer: TaskWriter): Promise<void> {
  for (let next = 0; next < record.next || record.state !== "running"; ) {
    const entry = await reader.next();
    if (entry === undefined) return;
    writer.take(entry);
    next = seqAfter(entry);
  }
}

/** Whether the client sent a message for a turn, rather than cancel the one before. */
function isAsked({ messages }: TaskTurn, index: number, turns: readonly TaskTurn[]): boolean {
  return messages.length !== turns[index - 1]?.messages.length;
}

/** The client's message of a turn. */
function clientMessage({ taskId, contextId, turn, messages }: TaskTurn): Message {
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
