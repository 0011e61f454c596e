import type { SendMessageRequest, StreamResponse } from "@a2a-js/sdk";
import type { ServerCallContext } from "@a2a-js/sdk/server";
import { isJsonObject, type JsonObject } from "../../base/json.js";
import { loadPeer } from "../../stream/load-peer.js";
import type { Peers } from "../../stream/peers.js";
import type { ServerCall, ServerReply } from "../call.js";
import type { ServedModel } from "../served-models.js";
import type { ServerCore } from "../server-core.js";
import { framesReply } from "./a2a-frames.js";
import { cardOf, contextOf, handlerOf, WHAT } from "./a2a-server.js";
import { messageProblem } from "./message-problem.js";
import type { TaskHandler } from "./task-handler.js";

/** One method of A2A's HTTP+JSON binding (A2A 1.0, 11.3). */
export type RestMethod = (asked: RestCall) => Promise<ServerReply>;

/** A request of the binding. */
interface RestCall {
  handler: TaskHandler;
  context: ServerCallContext;
  /** What writes and reads the protocol's objects. */
  sdk: Peers["@a2a-js/sdk"];
  errors: Peers["@a2a-js/sdk/errors"];
  call: ServerCall;
  /** Names in the path: a task's, and a push notification config's. */
  taskId: string;
  configId: string;
}

/** Answers one request; an error of A2A's has its status, and what else refuses the request is thrown. */
export async function restReply(
  core: ServerCore,
  call: ServerCall,
  served: ServedModel,
  { method, taskId = "", configId = "" }: { method: RestMethod; taskId?: string; configId?: string },
): Promise<ServerReply> {
  const errors = await loadPeer("@a2a-js/sdk/errors", WHAT);
  const { validateVersion } = await loadPeer("@a2a-js/sdk/server", WHAT);
  try {
    const context = await contextOf(call, call.header("a2a-version"));
    validateVersion(context.requestedVersion, cardOf(core, call, served), "HTTP+JSON");
    const sdk = await loadPeer("@a2a-js/sdk", WHAT);
    return await method({ handler: await handlerOf(core, call, served), context, sdk, errors, call, taskId, configId });
  } catch (thrown) {
    if (!(thrown instanceof errors.A2AError)) throw thrown;
    const status = errors.restStatusFor(thrown);
    return reply(errors.toRestErrorBody(thrown, status), status);
  }
}

/** `POST /message:send`. */
export const sendMessage: RestMethod = async (asked) => {
  const { handler, context, sdk } = asked;
  const value = await handler.sendMessage(await requestOf(asked), context);
  return reply(sdk.SendMessageResponse.toJSON({ payload: { $case: "task", value } }));
};

/** `POST /message:stream`. */
export const streamMessage: RestMethod = async (asked) => {
  const { handler, context } = asked;
  return streamed(asked, handler.sendMessageStream(await requestOf(asked), context));
};

/** `GET` or `POST /tasks/{id}:subscribe`. */
export const subscribe: RestMethod = async (asked) =>
  streamed(asked, asked.handler.resubscribe({ tenant: "", id: asked.taskId }));

/** `POST /tasks/{id}:cancel`. */
export const cancelTask: RestMethod = async ({ handler, sdk, taskId: id }) =>
  reply(sdk.Task.toJSON(await handler.cancelTask({ tenant: "", id, metadata: undefined })));

/** `GET /tasks/{id}`. */
export const getTask: RestMethod = async ({ handler, sdk, call, taskId: id }) => {
  const { historyLength } = sdk.GetTaskRequest.fromJSON(queryOf(call));
  return reply(sdk.Task.toJSON(await handler.getTask({ tenant: "", id, historyLength })));
};

/** `GET /tasks`. */
export const listTasks: RestMethod = async ({ handler, sdk, call }) => {
  const query = queryOf(call);
  const includeArtifacts = query.includeArtifacts === "true";
  const listed = await handler.listTasks(sdk.ListTasksRequest.fromJSON({ ...query, includeArtifacts }));
  // What is empty or 0 is there all the same (A2A 1.0, ListTasksResponse).
  const { tasks, nextPageToken, pageSize, totalSize } = listed;
  const written = tasks.map((task) => ({
    ...(includeArtifacts && { artifacts: [] }),
    ...objectOf(sdk.Task.toJSON(task)),
  }));
  return reply({ tasks: written, nextPageToken, pageSize, totalSize });
};

/** `POST /tasks/{id}/pushNotificationConfigs`. */
export const createPushConfig: RestMethod = async ({ handler, context, sdk, call, taskId }) => {
  const config = sdk.TaskPushNotificationConfig.fromJSON({ ...(await bodyOf(call)), taskId });
  const created = await handler.createTaskPushNotificationConfig(config, context);
  return reply(sdk.TaskPushNotificationConfig.toJSON(created), 201);
};

/** `GET /tasks/{id}/pushNotificationConfigs`. */
export const listPushConfigs: RestMethod = async ({ handler, sdk, taskId }) => {
  const listed = await handler.listTaskPushNotificationConfigs({ tenant: "", taskId, pageSize: 0, pageToken: "" });
  return reply(sdk.ListTaskPushNotificationConfigsResponse.toJSON(listed));
};

/** `GET /tasks/{id}/pushNotificationConfigs/{config}`. */
export const getPushConfig: RestMethod = async ({ handler, sdk, taskId, configId: id }) => {
  const config = await handler.getTaskPushNotificationConfig({ tenant: "", taskId, id });
  return reply(sdk.TaskPushNotificationConfig.toJSON(config));
};

/** `DELETE /tasks/{id}/pushNotificationConfigs/{config}`. */
export const deletePushConfig: RestMethod = async ({ handler, taskId, configId: id }) => {
  await handler.deleteTaskPushNotificationConfig({ tenant: "", taskId, id });
  return { status: 204 };
};

async function requestOf({ sdk, errors, call }: RestCall): Promise<SendMessageRequest> {
  const body = await bodyOf(call);
  const problem = messageProblem(body);
  if (problem !== undefined) throw new errors.RequestMalformedError(problem);
  const request = sdk.SendMessageRequest.fromJSON(body);
  if (request.message?.messageId) return request;
  throw new errors.RequestMalformedError("message.messageId is missing");
}

/** The first update is waited for, so that what refuses the request has its status. */
async function streamed(
  { sdk, errors }: RestCall,
  updates: AsyncGenerator<StreamResponse, void, undefined>,
): Promise<ServerReply> {
  const { done, value } = await updates.next();
  const update = (one: object) => sdk.formatSSEEvent(sdk.StreamResponse.toJSON(one as StreamResponse));
  const failed = (thrown: unknown) =>
    sdk.formatSSEErrorEvent(errors.toRestErrorBody(thrown, errors.restStatusFor(thrown)));
  return framesReply(updates, { update, failed }, done ? [] : [value]);
}

function reply(value: unknown, status = 200): ServerReply {
  return { status, headers: { "content-type": "application/a2a+json" }, body: JSON.stringify(value) };
}

async function bodyOf(call: ServerCall): Promise<JsonObject> {
  return objectOf(await call.json());
}

function objectOf(value: unknown): JsonObject {
  return isJsonObject(value) ? value : {};
}

function queryOf({ query }: ServerCall): Record<string, string> {
  return Object.fromEntries(query);
}
