import { createServer as createHttpServer, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { type TaskPushNotificationConfig, TaskState } from "@a2a-js/sdk";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { defineModel } from "../../src/models/define-model.js";
import { echo } from "../../src/models/echo.js";
import { MemoryRunLog } from "../../src/runs/memory-run-log.js";
import { RedisRunLog } from "../../src/runs/redis-run-log.js";
import { turnMeta } from "../../src/server/tasks/task-turns.js";
import { SluiceError } from "../../src/stream/error.js";
import { tool } from "../../src/tools/tool.js";
import { withTools } from "../../src/tools/with-tools.js";
import { collect } from "../support/collect.js";
import { startRedis } from "../support/local-server.js";
import { asTask, connectA2a as connect, say, textIn, textOf } from "./a2a-client.js";
import { replicatedLogs } from "./replicated-logs.js";
import { type Serving, serve } from "./serve.js";

/** Where notifications arrive. */
const posted: { headers: IncomingHttpHeaders; body: Record<string, unknown> }[] = [];
const statuses: number[] = [];
let hook: Server;
let hookUrl: string;
beforeAll(async () => {
  hook = createHttpServer(async (request, response) => {
    posted.push({ headers: request.headers, body: JSON.parse(await text(request)) });
    response.writeHead(statuses.shift() ?? 200).end();
  });
  await new Promise<void>((resolve) => hook.listen(0, "127.0.0.1", resolve));
  hookUrl = `http://127.0.0.1:${(hook.address() as AddressInfo).port}/hook`;
});
afterAll(() => hook.close());

const target = (more: Partial<TaskPushNotificationConfig> = {}): TaskPushNotificationConfig => ({
  tenant: "",
  id: "",
  taskId: "",
  url: hookUrl,
  token: "",
  authentication: undefined,
  ...more,
});

const models = {
  echo: echo({ tokensPerSecond: Number.POSITIVE_INFINITY }),
  clerk: withTools(
    defineModel({
      id: "clerk",
      *stream({ messages }) {
        if (messages.some(({ role }) => role === "tool")) yield "Done.";
        else yield { type: "tool-call", callId: "call_1", name: "pay", input: {} };
      },
    }),
    [tool({ name: "pay", input: { type: "object" }, approval: true, run: () => "paid" })],
  ),
};

const redis = await startRedis();
afterAll(() => redis?.stop());

const bound = replicatedLogs(redis).flatMap((log) => [
  { ...log, binding: "JSON-RPC", rest: false },
  { ...log, binding: "HTTP+JSON", rest: true },
]);

describe.each(bound)("tasks of A2A over $binding, in $name", ({ open, rest }) => {
  const connectA2a = (url: string, name: string) => connect(url, name, { rest });
  let one: Serving;
  let other: Serving;
  let closeLogs: () => Promise<unknown>;
  beforeAll(async () => {
    const [first, second] = await open();
    closeLogs = () => Promise.all([first.close(), second.close()]);
    const settings = { models, pushNotifications: { allowPrivate: true } as const };
    [one, other] = await Promise.all([serve({ ...settings, log: first }), serve({ ...settings, log: second })]);
  });
  afterAll(async () => {
    await Promise.all([one.close(), other.close()]);
    await closeLogs();
  });

  test("are listed page by page, the last changed first, by context and state", async () => {
    const client = await connectA2a(one.url, "clerk");
    const waiting = asTask(await client.sendMessage(say("Pay")));
    const done = asTask(await client.sendMessage(say("yes", { taskId: waiting.id })));
    const next = asTask(await client.sendMessage(say("Pay again")));
    const elsewhere = await connectA2a(other.url, "clerk");
    const list = (more = {}) =>
      elsewhere.listTasks({
        tenant: "",
        contextId: "",
        status: TaskState.TASK_STATE_UNSPECIFIED,
        pageToken: "",
        statusTimestampAfter: undefined,
        ...more,
      });
    const all = await list();
    expect(all).toMatchObject({ totalSize: 2, pageSize: 2, nextPageToken: "" });
    expect(all.tasks.map(({ id }) => id)).toEqual([next.id, done.id]);
    expect(all.tasks[1]?.status?.timestamp).toBe(done.status?.timestamp);
    const page = await list({ pageSize: 1 });
    expect([page.tasks.map(({ id }) => id), page.totalSize]).toEqual([[next.id], 2]);
    const second = await list({ pageSize: 1, pageToken: page.nextPageToken });
    expect([second.tasks.map(({ id }) => id), second.nextPageToken]).toEqual([[done.id], ""]);
    expect((await list({ contextId: done.contextId })).tasks.map(({ id }) => id)).toEqual([done.id]);
    const inState = await list({ status: TaskState.TASK_STATE_INPUT_REQUIRED, includeArtifacts: true });
    expect(inState.tasks.map(({ id }) => id)).toEqual([next.id]);
    expect((await list({ statusTimestampAfter: new Date(Date.now() + 60_000).toISOString() })).tasks).toEqual([]);
    await expect(list({ pageSize: 101 })).rejects.toThrow("pageSize");
    await expect(list({ pageToken: "nonsense" })).rejects.toThrow("pageToken");
    // An agent lists its own.
    expect(
      (
        await (
          await connectA2a(one.url, "echo")
        ).listTasks({ tenant: "", contextId: "", status: 0, pageToken: "", statusTimestampAfter: undefined })
      ).tasks,
    ).toEqual([]);
  });

  test("are followed from anywhere over the turns that are still to come", async () => {
    const client = await connectA2a(one.url, "clerk");
    const elsewhere = await connectA2a(other.url, "clerk");
    const waiting = asTask(await client.sendMessage(say("Pay")));
    const following = collect(elsewhere.resubscribeTask({ tenant: "", id: waiting.id }));
    await client.sendMessage(say("yes", { taskId: waiting.id }));
    const updates = await following;
    expect(updates[0]?.payload).toMatchObject({ value: { status: { state: TaskState.TASK_STATE_INPUT_REQUIRED } } });
    expect(textIn(updates)).toBe("Done.");
    expect(updates.at(-1)?.payload).toMatchObject({ value: { status: { state: TaskState.TASK_STATE_COMPLETED } } });
    await expect(collect(elsewhere.resubscribeTask({ tenant: "", id: waiting.id }))).rejects.toThrow("is over");
  });

  test("that wait are cancelled from anywhere, which whoever follows hears", async () => {
    posted.length = 0;
    const client = await connectA2a(one.url, "clerk");
    const elsewhere = await connectA2a(other.url, "clerk");
    const asked = say("Pay", {}, { taskPushNotificationConfig: target() });
    const { id, contextId } = asTask(await client.sendMessage(asked));
    const following = collect(client.resubscribeTask({ tenant: "", id }));
    const cancelled = await elsewhere.cancelTask({ tenant: "", id, metadata: undefined });
    expect(cancelled).toMatchObject({ id, status: { state: TaskState.TASK_STATE_CANCELED } });
    expect(cancelled.history).toHaveLength(1);
    expect((await following).at(-1)?.payload).toMatchObject({
      value: { status: { state: TaskState.TASK_STATE_CANCELED } },
    });
    await expect.poll(() => posted.length).toBe(2);
    expect(posted[1]?.body).toMatchObject({ task: { id, status: { state: "TASK_STATE_CANCELED" } } });
    await expect(client.cancelTask({ tenant: "", id, metadata: undefined })).rejects.toThrow("is over");
    await expect(client.sendMessage(say("yes", { taskId: id }))).rejects.toThrow("does not wait");
    // What comes next in the context answers nothing that was cancelled.
    const next = asTask(await elsewhere.sendMessage(say("yes", { contextId })));
    expect(next.status?.state).toBe(TaskState.TASK_STATE_INPUT_REQUIRED);
  });

  test("are posted when they wait and when they have ended, as asked with the message", async () => {
    posted.length = 0;
    const client = await connectA2a(one.url, "clerk");
    const authentication = { scheme: "Bearer", credentials: "secret" };
    const taskPushNotificationConfig = target({ token: "mine", authentication });
    const waiting = asTask(await client.sendMessage(say("Pay", {}, { taskPushNotificationConfig })));
    await expect.poll(() => posted.length).toBe(1);
    expect(posted[0]?.headers).toMatchObject({
      authorization: "Bearer secret",
      "x-a2a-notification-token": "mine",
      "content-type": "application/a2a+json",
    });
    expect(posted[0]?.body).toMatchObject({
      task: { id: waiting.id, status: { state: "TASK_STATE_INPUT_REQUIRED" } },
    });
    // What answers that it is busy is asked again.
    statuses.push(503);
    const elsewhere = await connectA2a(other.url, "clerk");
    await elsewhere.sendMessage(say("yes", { taskId: waiting.id }));
    await expect.poll(() => posted.length, { timeout: 5_000 }).toBe(3);
    expect(posted[2]?.body).toMatchObject({ task: { id: waiting.id, status: { state: "TASK_STATE_COMPLETED" } } });
    const metrics = await (await fetch(`${other.url}/metrics`)).text();
    expect(metrics).toMatch(/sluice_push_notifications_total\{outcome="delivered"\} [1-9]/);
  });

  test("have the addresses that were set, wherever, until they are taken back", async () => {
    const client = await connectA2a(one.url, "clerk");
    const elsewhere = await connectA2a(other.url, "clerk");
    const { id } = asTask(await client.sendMessage(say("Pay")));
    const made = await elsewhere.createTaskPushNotificationConfig(target({ taskId: id }));
    expect(made).toMatchObject({ taskId: id, url: hookUrl });
    const named = { tenant: "", taskId: id, id: made.id };
    expect(await client.getTaskPushNotificationConfig(named)).toEqual(made);
    const list = () => client.listTaskPushNotificationConfig({ tenant: "", taskId: id, pageSize: 0, pageToken: "" });
    expect((await list()).configs).toEqual([made]);
    await elsewhere.deleteTaskPushNotificationConfig(named);
    expect((await list()).configs).toEqual([]);
    await expect(client.getTaskPushNotificationConfig(named)).rejects.toThrow("no push notification config");
    posted.length = 0;
    await client.sendMessage(say("yes", { taskId: id }));
    expect(posted).toEqual([]);
    for (const [field, more] of [
      ["url", { url: "nowhere" }],
      ["token", { token: "a\r\nb: c" }],
    ] as const) {
      await expect(client.createTaskPushNotificationConfig(target({ taskId: id, ...more }))).rejects.toThrow(field);
    }
  });

  test("are posted in version 0.3 to who asked in it", async () => {
    posted.length = 0;
    const params = {
      message: { kind: "message", messageId: "m", role: "user", parts: [{ kind: "text", text: "Hi" }] },
      configuration: { pushNotificationConfig: { url: hookUrl, token: "old" } },
    };
    const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "message/send", params });
    await fetch(`${one.url}/a2a/echo`, { method: "POST", body });
    await expect.poll(() => posted.length).toBe(1);
    expect(posted[0]).toMatchObject({ headers: { "x-a2a-notification-token": "old" } });
    expect(posted[0]?.body).toMatchObject({ kind: "task", status: { state: "completed" } });
  });
});

test.skipIf(redis === undefined)(
  "a task whose process died is posted as failed by a replica that finds it",
  async () => {
    posted.length = 0;
    const url = redis?.url ?? "";
    const [dying, living] = [
      await RedisRunLog.open({ url, prefix: "died", heartbeatMs: 200 }),
      await RedisRunLog.open({ url, prefix: "died", heartbeatMs: 200 }),
    ];
    const serving = await serve({ models, log: living, pushNotifications: { allowPrivate: true } });
    const messages = [{ role: "user" as const, content: "Go" }];
    const writer = await dying.open("task-1", {
      announced: true,
      meta: { owner: "local", ...turnMeta("task-1", "context-1", 1, messages) },
    });
    writer.append([{ type: "start", id: "a", model: "m" }]);
    await writer.flushed();
    const client = await connect(serving.url, "echo");
    await client.createTaskPushNotificationConfig(target({ taskId: "task-1" }));
    // It gives no sign of life any more.
    await dying.close();
    await expect.poll(() => posted.length, { timeout: 5_000 }).toBe(1);
    expect(posted[0]?.body).toMatchObject({ task: { id: "task-1", status: { state: "TASK_STATE_FAILED" } } });
    await serving.close();
    await living.close();
  },
);

const everything = { tenant: "", contextId: "", status: 0, pageToken: "", statusTimestampAfter: undefined };

describe("the list of tasks", () => {
  test("has those of which the log keeps no more than the end, which are posted, too", async () => {
    posted.length = 0;
    const long = defineModel({
      id: "long",
      async *stream({ messages }) {
        const count = JSON.stringify(messages.at(-1)).includes("long") ? 20 : 1;
        for (let i = 0; i < count; i++) yield `${i} ${"x".repeat(500)}`;
      },
    });
    const log = new MemoryRunLog({ maxRunBytes: 4_000 });
    const serving = await serve({ models: { long }, log, pushNotifications: { allowPrivate: true } });
    const client = await connect(serving.url, "long");
    const short = asTask(await client.sendMessage(say("short")));
    const taskPushNotificationConfig = target();
    const { id } = asTask(
      await client.sendMessage(say("long", {}, { returnImmediately: true, taskPushNotificationConfig })),
    );
    await expect.poll(() => posted.length).toBe(1);
    expect(posted[0]?.body).toMatchObject({ task: { id, status: { state: "TASK_STATE_COMPLETED" } } });
    for (const includeArtifacts of [false, true]) {
      const { tasks } = await client.listTasks({ ...everything, includeArtifacts });
      expect(new Map(tasks.map((task) => [task.id, task.status?.state]))).toEqual(
        new Map([short.id, id].map((one) => [one, TaskState.TASK_STATE_COMPLETED])),
      );
    }
    await expect(client.getTask({ tenant: "", id })).rejects.toThrow("not kept any more");
    await serving.close();
  });

  test("is no fault of the request where the log cannot be reached", async () => {
    const log = Object.assign(new MemoryRunLog(), {
      runsOf: () => Promise.reject(new SluiceError("store-failed", "the log is out of reach")),
    });
    const serving = await serve({ models, log });
    const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "ListTasks", params: {} });
    const headers = { "a2a-version": "1.0" };
    const answer = await fetch(`${serving.url}/a2a/echo`, { method: "POST", headers, body });
    expect(await answer.json()).toMatchObject({ error: { code: -32603 } });
    await serving.close();
  });
});

describe("a task", () => {
  test("keeps what earlier steps said where a later one is taken back", async () => {
    const steps = defineModel({
      id: "steps",
      *stream() {
        yield { type: "step-start", step: 1, model: "m" };
        yield "Looked. ";
        yield { type: "file", mediaType: "image/png", data: new Uint8Array([1]) };
        yield { type: "step-finish", step: 1, reason: "tool-calls", usage: {} };
        yield { type: "step-start", step: 2, model: "m" };
        yield "Wro";
        yield { type: "file", mediaType: "image/png", data: new Uint8Array([2]) };
        yield { type: "retract", reason: "another model answers" };
        yield "Right.";
        yield { type: "finish", reason: "stop", usage: {} };
      },
    });
    const serving = await serve({ models: { steps } });
    const client = await connect(serving.url, "steps");
    const task = asTask(await client.sendMessage(say("Go")));
    expect(textOf(task)).toBe("Looked. Right.");
    expect(task.artifacts.map(({ name }) => name)).toEqual(["answer", "file"]);
    expect(await client.getTask({ tenant: "", id: task.id, historyLength: 0 })).toMatchObject({ history: [] });
    await serving.close();
  });

  test("is kept whole from when its last turn ended", async () => {
    const log = new MemoryRunLog({ keepMs: 60_000 });
    const serving = await serve({ models, log });
    const client = await connect(serving.url, "clerk");
    const [paid, cancelled] = [
      asTask(await client.sendMessage(say("Pay"))),
      asTask(await client.sendMessage(say("Pay"))),
    ];
    vi.useFakeTimers({ toFake: ["Date"] });
    try {
      vi.setSystemTime(Date.now() + 40_000);
      await client.sendMessage(say("yes", { taskId: paid.id }));
      await client.cancelTask({ tenant: "", id: cancelled.id, metadata: undefined });
      vi.setSystemTime(Date.now() + 40_000);
      const state = async (id: string) => (await client.getTask({ tenant: "", id })).status?.state;
      expect(await state(paid.id)).toBe(TaskState.TASK_STATE_COMPLETED);
      expect(await state(cancelled.id)).toBe(TaskState.TASK_STATE_CANCELED);
      vi.setSystemTime(Date.now() + 40_000);
      await expect(state(paid.id)).rejects.toThrow("not kept any more");
      expect(log.size).toBe(0);
    } finally {
      vi.useRealTimers();
      await serving.close();
    }
  });

  test("is not told with fewer than no messages", async () => {
    const serving = await serve({ models });
    const client = await connect(serving.url, "echo");
    const { id } = asTask(await client.sendMessage(say("Hi")));
    const asked = [
      client.getTask({ tenant: "", id, historyLength: -1 }),
      client.sendMessage(say("Hi", {}, { historyLength: -1 })),
      client.listTasks({ ...everything, historyLength: -1 }),
    ];
    for (const one of asked) await expect(one).rejects.toThrow("historyLength: found -1");
    expect((await client.listTasks(everything)).totalSize).toBe(1);
    await serving.close();
  });
});

describe("addresses that tasks are posted to", () => {
  test("are none without the option, and the card says so", async () => {
    const serving = await serve({ models });
    const card = await (await fetch(`${serving.url}/a2a/echo/.well-known/agent-card.json`)).json();
    expect(card).not.toMatchObject({ capabilities: { pushNotifications: true } });
    const body = JSON.stringify({
      jsonrpc: "2.0",
      id: 1,
      method: "SendMessage",
      params: {
        message: { messageId: "m", role: "ROLE_USER", parts: [{ text: "Hi" }] },
        configuration: { taskPushNotificationConfig: { url: hookUrl } },
      },
    });
    expect(await (await fetch(`${serving.url}/a2a/echo`, { method: "POST", body })).json()).toMatchObject({
      error: { code: -32003 },
    });
    await serving.close();
  });

  test("are public ones alone, whatever their names lead to", async () => {
    let asks = 0;
    const counting = defineModel({
      id: "counting",
      *stream() {
        asks++;
        yield "Hi";
      },
    });
    const serving = await serve({ models: { counting }, pushNotifications: {} });
    const client = await connect(serving.url, "counting");
    expect((await client.getAgentCard()).capabilities?.pushNotifications).toBe(true);
    posted.length = 0;
    for (const url of [hookUrl, "http://localhost/", "http://169.254.169.254/", "http://[::1]/", "ftp://a.test/"]) {
      const asked = client.sendMessage(say("Hi", {}, { taskPushNotificationConfig: target({ url }) }));
      await expect(asked).rejects.toThrow(/private address|not http/);
    }
    expect([posted, asks]).toEqual([[], 0]);
    await serving.close();
  });
});
