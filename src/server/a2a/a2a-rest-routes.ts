import { SluiceError } from "../../stream/error.js";
import type { ServerCall } from "../call.js";
import { decodedPath } from "../path-rest.js";
import type { Route } from "../route.js";
import type { ServedModel } from "../served-models.js";
import type { ServerCore } from "../server-core.js";
import {
  cancelTask,
  createPushConfig,
  deletePushConfig,
  getPushConfig,
  getTask,
  listPushConfigs,
  listTasks,
  type RestMethod,
  restReply,
  sendMessage,
  streamMessage,
  subscribe,
} from "./a2a-rest.js";
import { restErrors } from "./rest-errors.js";

/** A task's id and what is done with it; ids of tasks have no colons. */
const TASK = /\/v1\/tasks\/([^/:]*)(?::([^/]*))?(?:\/pushNotificationConfigs(?:\/([^/]+))?)?$/;

/**
 * A2A over HTTP+JSON, of version 1.0.
 *
 * @param servedAt what a call's path names.
 */
export function a2aRestRoutes(core: ServerCore, servedAt: (call: ServerCall) => ServedModel): Route[] {
  const errors = restErrors;
  const base = "/a2a/:name/v1";
  const plain = (httpMethod: Route["method"], path: string, summary: string, method: RestMethod): Route => {
    const handle = async (call: ServerCall) => restReply(core, call, servedAt(call), { method });
    return { method: httpMethod, path: `${base}${path}`, errors, summary: `A2A: ${summary}`, handle };
  };
  const ofTask = (
    httpMethod: Route["method"],
    path: string,
    summary: string,
    methods: Readonly<Record<string, RestMethod>>,
  ): Route => {
    const handle = async (call: ServerCall) => {
      const [, taskId = "", action = "", configId = ""] = (TASK.exec(call.path) ?? []).map((part = "") =>
        decodedPath(part),
      );
      const method = Object.hasOwn(methods, action) ? methods[action] : undefined;
      if (method === undefined) throw noAction(call, methods);
      return restReply(core, call, servedAt(call), { method, taskId, configId });
    };
    return { method: httpMethod, path: `${base}/tasks/:task${path}`, errors, summary: `A2A: ${summary}`, handle };
  };
  const configs = "/pushNotificationConfigs";
  return [
    plain("POST", "/message:send", "sends a message to an agent", sendMessage),
    plain("POST", "/message:stream", "the same, answered as it comes", streamMessage),
    plain("GET", "/tasks", "the tasks of an agent that are kept", listTasks),
    ofTask("GET", "", "a task, or with `:subscribe` what follows of it", { "": getTask, subscribe }),
    ofTask("POST", "", "cancels a task (`:cancel`), or follows it (`:subscribe`)", { cancel: cancelTask, subscribe }),
    ofTask("POST", configs, "sets where a task is posted to", { "": createPushConfig }),
    ofTask("GET", configs, "where a task is posted to", { "": listPushConfigs }),
    ofTask("GET", `${configs}/:config`, "one of the places where a task is posted to", { "": getPushConfig }),
    ofTask("DELETE", `${configs}/:config`, "posts a task there no more", { "": deletePushConfig }),
  ];
}

function noAction({ method, path }: ServerCall, methods: object): SluiceError {
  const named = Object.keys(methods).map((action) => (action === "" ? "nothing" : `:${action}`));
  const message = `there is no ${method} ${path} here: behind a task's id stands ${named.join(" or ")}`;
  return new SluiceError("not-found", message, { status: 404 });
}
