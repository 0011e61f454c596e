import { TaskState } from "@a2a-js/sdk";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { a2aModel } from "../../src/models/a2a/a2a-model.js";
import { defineModel } from "../../src/models/define-model.js";
import { echo } from "../../src/models/echo.js";
import { createApiKey } from "../../src/server/protect/api-key.js";
import { SluiceError } from "../../src/stream/error.js";
import type { ChatMessage } from "../../src/stream/message.js";
import { answer, responseMessage } from "../../src/tools/input-response.js";
import { tool } from "../../src/tools/tool.js";
import { withTools } from "../../src/tools/with-tools.js";
import { modelLaws } from "../laws/model-laws.js";
import { collect } from "../support/collect.js";
import { deferred } from "../support/deferred.js";
import { asTask, connectA2a, say, textIn, textOf } from "./a2a-client.js";
import { type Serving, serve } from "./serve.js";

/** Asks for its tool once, then says what it returned. */
const clerk = () =>
  withTools(
    defineModel({
      id: "clerk",
      *stream({ messages }) {
        const results = messages.flatMap((message) => (message.role === "tool" ? message.content : []));
        const result = results.find((part) => part.type === "tool-result");
        if (result !== undefined) yield `Done: ${JSON.stringify(result.output)}`;
        else {
          yield "Let me see. ";
          yield { type: "tool-call", callId: "call_1", name: "pay", input: { amount: 5 } };
        }
      },
    }),
    [
      tool({
        name: "pay",
        input: { type: "object", properties: { amount: { type: "number" } } },
        approval: true,
        run: () => "paid",
      }),
    ],
  );

/** Says how many messages it was given, word by word. */
const counting = defineModel({
  id: "counting",
  *stream({ messages }) {
    yield `I was given ${messages.length}: `;
    yield messages.map(({ role }) => role).join(" ");
  },
});

const gate = { open: deferred(), begun: deferred() };
const slow = defineModel({
  id: "slow",
  async *stream() {
    yield "one ";
    gate.begun.resolve();
    await gate.open.promise;
    yield "two";
  },
});
const broken = defineModel({
  id: "broken",
  *stream() {
    yield "half";
    throw new SluiceError("overloaded", "too much");
  },
});

const [key, other] = [createApiKey(), createApiKey()];
let serving: Serving;
beforeAll(async () => {
  serving = await serve({
    models: { echo: echo({ tokensPerSecond: Number.POSITIVE_INFINITY }), counting, slow, broken },
    agents: { clerk: clerk() },
    keys: [
      { name: "web", hash: key.hash },
      { name: "other", hash: other.hash },
    ],
  });
});
afterAll(() => serving.close());

describe("A2A", () => {
  test("an agent has a card, the first one is the server's", async () => {
    const headers = { "x-api-key": key.key };
    const card = await (await fetch(`${serving.url}/.well-known/agent-card.json`, { headers })).json();
    expect(card).toMatchObject({ name: "clerk", capabilities: { streaming: true } });
    expect((await fetch(`${serving.url}/.well-known/agent-card.json`)).status).toBe(401);
  });

  test("clients of version 0.3 are answered in theirs", async () => {
    const ask = {
      jsonrpc: "2.0",
      id: 1,
      method: "message/send",
      params: { message: { kind: "message", messageId: "m", role: "user", parts: [{ kind: "text", text: "Hi" }] } },
    };
    const answered = await fetch(`${serving.url}/a2a/echo`, {
      method: "POST",
      headers: { "x-api-key": key.key },
      body: JSON.stringify(ask),
    });
    expect(await answered.json()).toMatchObject({ result: { kind: "task", status: { state: "completed" } } });
  });

  test("over HTTP+JSON errors have their statuses, in the form of the binding", async () => {
    const ask = async (path: string, init: RequestInit = {}, version = "1.0") => {
      const headers = { "x-api-key": key.key, "a2a-version": version };
      const answered = await fetch(`${serving.url}/a2a/echo/v1${path}`, { headers, ...init });
      return { status: answered.status, type: answered.headers.get("content-type"), body: await answered.json() };
    };
    const type = "application/a2a+json";
    const reason = (name: string) => ({ error: { details: [{ reason: name }] } });
    expect(await ask("/tasks/nowhere")).toMatchObject({ status: 404, type, body: reason("TASK_NOT_FOUND") });
    expect(await ask("/tasks", {}, "0.3")).toMatchObject({ status: 400, body: reason("VERSION_NOT_SUPPORTED") });
    for (const body of ["{}", "[]", '{"message":{"role":"ROLE_USER"}}', '{"message":{"messageId":"m"}}']) {
      for (const path of ["/message:send", "/message:stream"]) {
        expect(await ask(path, { method: "POST", body }), `${path} ${body}`).toMatchObject({ status: 400, type });
      }
    }
    for (const query of [
      "pageSize=0",
      "pageSize=many",
      "status=DONE",
      "historyLength=-1",
      "statusTimestampAfter=then",
    ]) {
      expect(await ask(`/tasks?${query}`), query).toMatchObject({ status: 400 });
    }
    expect(await ask("/tasks/x:forget", { method: "POST" })).toMatchObject({
      status: 404,
      body: { error: { message: expect.stringContaining(":cancel or :subscribe") } },
    });
    expect(await ask("/message:sent", { method: "POST" })).toMatchObject({
      body: { error: { message: expect.stringContaining("POST /a2a/:name/v1/message:send") } },
    });
  });
});

describe.each([
  { name: "JSON-RPC", rest: false },
  { name: "HTTP+JSON", rest: true },
])("A2A over $name, with its own client", ({ rest }) => {
  const connect = (name: string, { token = key.key } = {}) => connectA2a(serving.url, name, { token, rest });

  test("a message is answered with a task, whole or as it comes", async () => {
    const client = await connect("echo");
    const task = asTask(await client.sendMessage(say("Hello there")));
    expect([textOf(task), task.status?.state]).toEqual(["Hello there", TaskState.TASK_STATE_COMPLETED]);
    const updates = await collect(client.sendMessageStream(say("Hello again")));
    expect(updates[0]?.payload?.$case).toBe("task");
    expect(textIn(updates)).toBe("Hello again");
    expect(updates.at(-1)?.payload).toMatchObject({ value: { status: { state: TaskState.TASK_STATE_COMPLETED } } });
  });

  test("turns of a context are one conversation", async () => {
    const client = await connect("counting");
    const first = asTask(await client.sendMessage(say("One")));
    const second = asTask(await client.sendMessage(say("Two", { contextId: first.contextId })));
    expect([textOf(second), second.contextId]).toEqual(["I was given 3: user assistant user", first.contextId]);
    expect(second.id).not.toBe(first.id);
  });

  test("a task that waits for input goes on with it, and no other does", async () => {
    const client = await connect("clerk");
    const waiting = asTask(await client.sendMessage(say("Pay")));
    expect(waiting.status?.state).toBe(TaskState.TASK_STATE_INPUT_REQUIRED);
    expect(JSON.stringify(waiting.status?.message?.parts)).toContain("May pay run");
    await expect(client.sendMessage(say("hm", { taskId: waiting.id }))).rejects.toThrow("yes or no");
    const done = asTask(await client.sendMessage(say("yes", { taskId: waiting.id })));
    expect([done.id, done.status?.state]).toEqual([waiting.id, TaskState.TASK_STATE_COMPLETED]);
    expect(textOf(done)).toBe('Let me see. Done: "paid"');
    expect(done.history).toHaveLength(2);
    await expect(client.sendMessage(say("again", { taskId: waiting.id }))).rejects.toThrow("does not wait");
  });

  test("a task is joined while it runs, and cancelled from elsewhere", async () => {
    gate.begun = deferred();
    const client = await connect("slow");
    const begun = asTask(await client.sendMessage(say("Go", {}, { returnImmediately: true })));
    expect(begun.status?.state).toBe(TaskState.TASK_STATE_WORKING);
    await gate.begun.promise;
    const joined = collect(client.resubscribeTask({ tenant: "", id: begun.id }));
    const cancelled = await client.cancelTask({ tenant: "", id: begun.id, metadata: undefined });
    expect(cancelled.status?.state).toBe(TaskState.TASK_STATE_CANCELED);
    const updates = await joined;
    expect(updates.at(-1)?.payload).toMatchObject({ value: { status: { state: TaskState.TASK_STATE_CANCELED } } });
    await expect(client.cancelTask({ tenant: "", id: begun.id, metadata: undefined })).rejects.toThrow("over");
    const kept = await client.getTask({ tenant: "", id: begun.id });
    expect(textOf(kept)).toBe("one ");
  });

  test("a failure is a failed task that keeps the output; tasks of others are not found", async () => {
    const client = await connect("broken");
    const failed = asTask(await client.sendMessage(say("Go")));
    expect([failed.status?.state, textOf(failed)]).toEqual([TaskState.TASK_STATE_FAILED, "half"]);
    const stranger = await connect("broken", { token: other.key });
    await expect(stranger.getTask({ tenant: "", id: failed.id })).rejects.toThrow("no task");
  });
});

const remote = (name: string) => a2aModel({ url: `${serving.url}/a2a/${name}`, headers: { "x-api-key": key.key } });

modelLaws("an agent behind A2A", async () => {
  const own = await serve({ models: { echo: echo({ tokensPerSecond: Number.POSITIVE_INFINITY }) } });
  return { model: a2aModel({ url: `${own.url}/a2a/echo` }), close: own.close };
});

describe("a model that is an agent behind A2A", () => {
  test("sends only what is new, in one context", async () => {
    const model = remote("counting");
    const messages: ChatMessage[] = [{ role: "user", content: "One" }];
    messages.push(...(await model.stream({ messages }).messages), { role: "user", content: "Two" });
    expect(await model.stream({ messages }).fullText).toBe("I was given 3: user assistant user");
  });

  test("tells a history that the agent has not seen", async () => {
    const messages: ChatMessage[] = [
      { role: "user", content: "One" },
      { role: "assistant", content: "1" },
      { role: "user", content: "Two" },
    ];
    expect(await remote("echo").stream({ messages }).fullText).toBe("user: One\nassistant: 1\nuser: Two");
  });

  test("asks what the agent asks, and goes on with the answer", async () => {
    const model = remote("clerk");
    const messages: ChatMessage[] = [{ role: "user", content: "Pay" }];
    const stream = model.stream({ messages });
    const events = await collect(stream);
    const request = events.find((event) => event.type === "input-request");
    expect(events.at(-1)).toMatchObject({ reason: "input-required" });
    messages.push(...(await stream.messages), responseMessage(answer(request?.id ?? "", { approve: true })));
    expect(await model.stream({ messages }).fullText).toBe('Done: "paid"');
  });

  test("fails as the agent does, with its output", async () => {
    const text = remote("broken").stream({ messages: [{ role: "user", content: "Go" }] }).fullText;
    await expect(text).rejects.toMatchObject({ code: "provider-error", partial: { text: "half" } });
    const nobody = a2aModel({ url: `${serving.url}/a2a/nobody` });
    await expect(nobody.stream({ messages: [{ role: "user", content: "Go" }] }).fullText).rejects.toMatchObject({
      code: "connect-failed",
    });
  });
});
