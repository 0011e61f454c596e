import { TaskState } from "@a2a-js/sdk";
import { describe, expect, test, vi } from "vitest";
import { defineModel } from "../../src/models/define-model.js";
import { MemoryRunLog } from "../../src/runs/memory-run-log.js";
import { SluiceError } from "../../src/stream/error.js";
import { asTask, connectA2a as connect, say, textOf } from "./a2a-client.js";
import { serve } from "./serve.js";
import { models } from "./task-models.js";
import { useNotifications } from "./use-notifications.js";

const { posted, target, url: hookUrl } = useNotifications();

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
  test("keeps the output of earlier steps where a later one is taken back", async () => {
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
        configuration: { taskPushNotificationConfig: { url: hookUrl() } },
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
    for (const url of [hookUrl(), "http://localhost/", "http://169.254.169.254/", "http://[::1]/", "ftp://a.test/"]) {
      const asked = client.sendMessage(say("Hi", {}, { taskPushNotificationConfig: target({ url }) }));
      await expect(asked).rejects.toThrow(/private address|not http/);
    }
    expect([posted, asks]).toEqual([[], 0]);
    await serving.close();
  });
});
