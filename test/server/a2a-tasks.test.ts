import { TaskState } from "@a2a-js/sdk";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { RedisRunLog } from "../../src/runs/redis-run-log.js";
import { turnMeta } from "../../src/server/tasks/task-turns.js";
import { collect } from "../support/collect.js";
import { startRedis } from "../support/local-server.js";
import { asTask, connectA2a as connect, say, textIn } from "./a2a-client.js";
import { replicatedLogs } from "./replicated-logs.js";
import { type Serving, serve } from "./serve.js";
import { models } from "./task-models.js";
import { useNotifications } from "./use-notifications.js";

const { posted, statuses, target, url: hookUrl } = useNotifications();

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
    expect(made).toMatchObject({ taskId: id, url: hookUrl() });
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
      configuration: { pushNotificationConfig: { url: hookUrl(), token: "old" } },
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
