import { isJsonObject, type JsonObject, parseJson } from "../../base/json.js";
import { uuid } from "../../base/uuid.js";
import type { RunReader } from "../../runs/run-log.js";
import { SluiceError } from "../../stream/error.js";
import type { ChatMessage } from "../../stream/message.js";
import { responseMessage } from "../../tools/input-response.js";
import type { ServerCall } from "../call.js";
import type { Caller } from "../protect/caller.js";
import type { ServerCore } from "../server-core.js";
import { startServed, threadOf } from "../start-served.js";
import { cancelWaiting } from "../tasks/cancel-waiting.js";
import { pendingRequests } from "../tasks/pending-requests.js";
import { conversationAfter, runOf, type TaskTurn, turnMeta, turnOf, turnsOf } from "../tasks/task-turns.js";
import { GIVEN_UP, isGivenUp, type McpCall } from "./call-writer.js";
import { responsesTo } from "./elicitation.js";
import type { RequestId } from "./json-rpc.js";
import type { McpSession } from "./mcp-session.js";
import type { McpTool } from "./mcp-tools.js";

/** A request to call a tool. */
export interface ToolRequest {
  id: RequestId;
  params: JsonObject;
  client: McpClient;
}

/** What is known of whoever calls. */
export interface McpClient {
  /** Whether it puts forms before its user. */
  elicits: boolean;
  /** Whether each of its requests is whole by itself (MCP 2026-07-28). Default false. */
  isPerRequest?: boolean;
  /** Absent where it has none. */
  session?: McpSession;
}

/** A call that has begun: its first turn, and a reader of it. */
export interface BegunCall {
  mcpCall: McpCall;
  turn: TaskTurn;
  reader: RunReader;
}

/** Runs what is called. @throws {SluiceError} what refuses it before it runs. */
export async function beginCall(
  core: ServerCore,
  call: ServerCall,
  tools: ReadonlyMap<string, McpTool>,
  request: ToolRequest,
): Promise<BegunCall> {
  const { params, client } = request;
  const called = tools.get(String(params.name));
  if (called === undefined) throw refused("name", `there is no tool ${String(params.name)}`);
  const messages: ChatMessage[] = [{ role: "user", content: inputOf(called, params.arguments ?? {}) }];
  const ids = { taskId: uuid(), contextId: client.session?.id ?? "", turn: 1 };
  return startCall(core, call, { model: called.served.name, mcpCall: mcpCallOf(request), ...ids, messages });
}

/** A request as it stands with its runs. */
export function mcpCallOf({ id, params, client }: ToolRequest): McpCall {
  const { elicits, isPerRequest = false, session } = client;
  const token = isJsonObject(params._meta) ? params._meta.progressToken : undefined;
  return {
    id,
    elicits,
    ...(isPerRequest && { isPerRequest }),
    ...((typeof token === "string" || typeof token === "number") && { progressToken: token }),
    ...(session !== undefined && { thread: threadName(session, id) }),
  };
}

/** Runs a turn of a call for whoever waits here. @throws {SluiceError} what refuses it before it runs. */
export async function startCall(core: ServerCore, call: ServerCall, asked: CallTurn): Promise<BegunCall> {
  const { mcpCall } = asked;
  const run = await startTurn(core, call, asked);
  const reader = run.read();
  call.onLeave(() => reader.cancel());
  const turn = await turnOf(core, call.caller, run.id);
  if (turn === undefined) throw new SluiceError("run-lost", `the run ${run.id} is not kept any more`);
  return { mcpCall, turn, reader };
}

/**
 * Goes on with a call that waited for a form.
 *
 * @param run that asked, which is the id of the request that is answered. @param result absent where the client failed.
 * @throws {SluiceError} `invalid-request` where nothing waits, since 404 says that a session is over; `conflict` where it was answered already.
 */
export async function answerForm(
  core: ServerCore,
  call: ServerCall,
  run: RequestId,
  result: JsonObject | undefined,
): Promise<void> {
  const asked = await turnOf(core, call.caller, String(run));
  const mcpCall = asked && mcpCallIn(asked);
  if (asked === undefined || mcpCall === undefined) throw nothingWaits(run);
  const history = await conversationAfter(core, asked);
  const requests = pendingRequests(history);
  if (requests.length === 0) throw nothingWaits(run);
  const messages = [...history, responseMessage(...responsesTo(requests, result))];
  const { taskId, contextId, turn, record } = asked;
  const next = { model: record.meta.model ?? "", mcpCall, taskId, contextId, turn: turn + 1, messages };
  await startTurn(core, call, { ...next, background: true });
}

/** Ends a call, wherever it runs, or no longer waits for its form. */
export async function cancelCall(
  core: ServerCore,
  call: ServerCall,
  session: McpSession,
  id: RequestId,
): Promise<void> {
  const thread = threadOf(call, threadName(session, id));
  const run = await core.log.newestOf(thread);
  if (run === undefined || (await core.log.stop(run, GIVEN_UP))) return;
  const asked = await turnOf(core, call.caller, run);
  if (asked === undefined || pendingRequests(await conversationAfter(core, asked)).length === 0) return;
  await cancelWaiting(core, asked, { reason: GIVEN_UP, thread });
}

/** A call of the caller's, by the id of its task; `undefined` if there is none. */
export async function findCall(
  core: ServerCore,
  caller: Caller,
  taskId: string,
): Promise<{ mcpCall: McpCall; turn: TaskTurn } | undefined> {
  const turn = await turnOf(core, caller, taskId);
  const mcpCall = turn && mcpCallIn(turn);
  return turn && mcpCall && { mcpCall, turn };
}

/** Whether a call is over because its client gave it up. */
export async function wasGivenUp(core: ServerCore, caller: Caller, { taskId }: TaskTurn): Promise<boolean> {
  const { record } = (await turnsOf(core, caller, taskId)).at(-1) ?? {};
  if (record?.state !== "failed") return false;
  const reader = await core.log.read(record.run, { after: record.next - 2 });
  const end = await reader.next();
  reader.cancel();
  return end !== undefined && isGivenUp(end);
}

/** A turn of a call that is to run. */
export interface CallTurn {
  /** What is called, by the name that it is served under. */
  model: string;
  mcpCall: McpCall;
  taskId: string;
  contextId: string;
  turn: number;
  messages: ChatMessage[];
  /** Whether nobody need wait for it here. Default false. */
  background?: boolean;
}

function startTurn(core: ServerCore, call: ServerCall, asked: CallTurn) {
  const { mcpCall, taskId, contextId, turn, messages, background = false } = asked;
  const { name, model } = core.models.find(asked.model, call.caller);
  const { thread } = mcpCall;
  return startServed(core, call, {
    model: name,
    protocol: "mcp",
    request: { messages },
    run: runOf(taskId, turn),
    ...(turn > 1 && { follows: runOf(taskId, turn - 1) }),
    background,
    // Whoever has a session comes back with the id of the last event.
    resumable: thread !== undefined,
    ...(thread !== undefined && { thread }),
    meta: { ...turnMeta(taskId, contextId, turn, messages), mcpCall: JSON.stringify(mcpCall) },
    stream: (context) => model.stream({ messages }, { context, retain: false }),
  });
}

function mcpCallIn({ record }: TaskTurn): McpCall | undefined {
  const { mcpCall } = record.meta;
  return mcpCall === undefined ? undefined : (parseJson(mcpCall) as unknown as McpCall);
}

function threadName({ id: session }: McpSession, id: RequestId): string {
  return `mcp/${session}/${JSON.stringify(id)}`;
}

/** What a tool is given, as a message's text. @throws {SluiceError} `invalid-request` where a text is needed. */
export function inputOf({ inputs }: McpTool, given: unknown): string {
  if (inputs) return JSON.stringify(given);
  const message = isJsonObject(given) ? given.message : undefined;
  if (typeof message !== "string") throw refused("arguments.message", "message: a text is needed");
  return message;
}

function refused(field: string, message: string): SluiceError {
  return new SluiceError("invalid-request", message, { field, status: 400 });
}

function nothingWaits(id: RequestId): SluiceError {
  return refused("id", `no call waits for an answer to ${JSON.stringify(id)}`);
}
