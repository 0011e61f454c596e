import { Role, type StreamResponse, type Task } from "@a2a-js/sdk";
import {
  ClientFactory,
  DefaultAgentCardResolver,
  JsonRpcTransportFactory,
  RestTransportFactory,
} from "@a2a-js/sdk/client";

/** A2A's own client, connected to an agent of a server. */
export function connectA2a(url: string, name: string, { token = "", legacy = false, rest = false } = {}) {
  const fetchImpl: typeof fetch = (input, init) => {
    const headers = new Headers(init?.headers);
    headers.set("authorization", `Bearer ${token}`);
    return fetch(input, { ...init, headers });
  };
  const settings = { fetchImpl, legacyCompat: { enabled: legacy } };
  const factory = new ClientFactory({
    transports: [rest ? new RestTransportFactory(settings) : new JsonRpcTransportFactory(settings)],
    cardResolver: new DefaultAgentCardResolver(settings),
  });
  return factory.createFromUrl(url, `/a2a/${name}/.well-known/agent-card.json`);
}

/** A request that says a text. */
export function say(text: string, ids: { taskId?: string; contextId?: string } = {}, more = {}) {
  const part = { content: { $case: "text" as const, value: text }, metadata: undefined, filename: "", mediaType: "" };
  const message = {
    messageId: crypto.randomUUID(),
    contextId: "",
    taskId: "",
    ...ids,
    role: Role.ROLE_USER,
    parts: [part],
    metadata: undefined,
    extensions: [],
    referenceTaskIds: [],
  };
  const configuration = {
    acceptedOutputModes: [],
    taskPushNotificationConfig: undefined,
    returnImmediately: false,
    ...more,
  };
  return { tenant: "", message, configuration, metadata: undefined };
}

export const asTask = (result: object): Task => {
  if (!("status" in result)) throw new Error("no task");
  return result as Task;
};
/** What a task's artifacts say. */
export const textOf = (task: Task) =>
  task.artifacts
    .flatMap(({ parts }) => parts.map(({ content }) => (content?.$case === "text" ? content.value : "")))
    .join("");
/** What updates add to artifacts. */
export const textIn = (updates: readonly StreamResponse[]) =>
  updates
    .flatMap(({ payload }) => (payload?.$case === "artifactUpdate" ? (payload.value.artifact?.parts ?? []) : []))
    .map(({ content }) => (content?.$case === "text" ? content.value : ""))
    .join("");
