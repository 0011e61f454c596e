import { Conversation } from "../../chat/conversation.js";
import type { TurnOptions } from "../../chat/conversation-options.js";
import type { ConversationStore } from "../../chat/conversation-store.js";
import { native } from "../../dialects/native/native.js";
import type { Run } from "../../runs/start-run.js";
import type { ChatModel } from "../../stream/chat-model.js";
import type { ChatStream } from "../../stream/chat-stream.js";
import { SluiceError } from "../../stream/error.js";
import type { ServerCall } from "../call.js";
import type { ServerCore } from "../server-core.js";
import { startServed, threadOf } from "../start-served.js";
import { missingConversation } from "./missing-conversation.js";
import type { TurnBegins, TurnRequest } from "./read-turn.js";

/** Where the runs of a conversation's turns are found again. */
function turnThread(contextId: string): string {
  return `conversation/${contextId}`;
}

/** The run that a conversation is at, while it goes on. */
export async function runningTurn(core: ServerCore, call: ServerCall, contextId: string): Promise<string | undefined> {
  const newest = await core.log.newestOf(threadOf(call, turnThread(contextId)));
  const record = newest === undefined ? undefined : await core.log.find(newest);
  return record?.state === "running" ? record.run : undefined;
}

/** @throws {SluiceError} `conflict` while a turn of the conversation runs. */
export async function refuseWhileRunning(core: ServerCore, call: ServerCall, contextId: string): Promise<void> {
  const run = await runningTurn(core, call, contextId);
  if (run === undefined) return;
  throw new SluiceError("conflict", `the run ${run} of this conversation goes on: wait for it, or stop it`, {
    field: "run",
  });
}

/**
 * Runs a turn of a conversation.
 *
 * @throws {SluiceError} `not-found`; `conflict` while another turn runs; what refuses the caller or the model.
 */
export async function startTurn(
  core: ServerCore,
  call: ServerCall,
  store: ConversationStore,
  contextId: string,
  turn: TurnRequest,
): Promise<Run> {
  const { name, model } = core.models.find(turn.model, call.caller);
  const conversation = await openConversation(store, contextId, model, turn.system);
  await refuseWhileRunning(core, call, contextId);
  const { metadata, request, background } = turn;
  return startServed(core, call, {
    model: name,
    protocol: native.name,
    thread: turnThread(contextId),
    meta: { conversation: contextId },
    background,
    resumable: true,
    stream: (context) =>
      streamOf(conversation, turn.begins, { context, request, retain: false, ...(metadata && { metadata }) }),
  });
}

/** A conversation that there is. @throws {SluiceError} `not-found`. */
export async function openConversation(
  store: ConversationStore,
  contextId: string,
  model: ChatModel,
  system?: string,
): Promise<Conversation> {
  const conversation = new Conversation({ model, contextId, store, ...(system !== undefined && { system }) });
  if ((await conversation.snapshot()).version === 0) throw missingConversation(contextId);
  return conversation;
}

function streamOf(conversation: Conversation, begins: TurnBegins, options: TurnOptions): ChatStream {
  switch (begins.how) {
    case "say":
      return conversation.stream(begins.input, options);
    case "edit":
      return conversation.edit(begins.messageId, begins.input, options);
    case "regenerate":
      return conversation.regenerate(begins.messageId, options);
  }
}
