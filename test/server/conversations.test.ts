import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { JsonObject } from "../../src/base/json.js";
import { MemoryStore } from "../../src/chat/stores/memory-store.js";
import { native } from "../../src/dialects/native/native.js";
import { defineModel } from "../../src/models/define-model.js";
import { createApiKey } from "../../src/server/protect/api-key.js";
import type { ChatEvent } from "../../src/stream/chat-event.js";
import { textOf } from "../../src/stream/message.js";
import { deferred } from "../support/deferred.js";
import { readRun } from "./read-run.js";
import { type Serving, serve } from "./serve.js";

let gate = deferred();
const asked: string[] = [];
/** Counts what it was sent, and waits before the second word where it is told to. */
const counting = defineModel({
  id: "counting",
  async *stream({ messages }, { signal }) {
    const last = textOf(messages.at(-1) ?? { role: "user", content: "" });
    asked.push(messages.map((message) => `${message.role[0]}:${textOf(message)}`).join("|"));
    yield `${messages.length} `;
    if (last.startsWith("wait")) {
      await Promise.race([gate.promise, new Promise((resolve) => signal.addEventListener("abort", resolve))]);
    }
    yield last;
  },
});

const keys = { anna: createApiKey(), ben: createApiKey() };
const store = new MemoryStore();
let serving: Serving;
beforeAll(async () => {
  const entries = Object.entries(keys).map(([name, { hash }]) => ({ name, hash }));
  serving = await serve({ models: { counting }, keys: entries, conversations: store });
});
afterAll(() => serving.close());

async function ask(who: keyof typeof keys, method: string, path: string, body?: object): Promise<Response> {
  return fetch(`${serving.url}/v1/conversations${path}`, {
    method,
    headers: { authorization: `Bearer ${keys[who].key}` },
    ...(body && { body: JSON.stringify(body) }),
  });
}
const json = async (response: Promise<Response>) =>
  (await (await response).json()) as JsonObject & { messages: Kept[] };
interface Kept {
  id: string;
  message: { role: string; content: unknown };
  siblings?: string[];
}
const say = async (id: string, body: object) => {
  const response = await ask("anna", "POST", `/${id}/turns`, body);
  expect(response.status).toBe(200);
  return readRun(response);
};
const texts = (messages: readonly Kept[]) =>
  messages.map(({ message }) => textOf(message as Parameters<typeof textOf>[0]));
const create = async (body: object = {}) => String((await json(ask("anna", "POST", "", body))).id);

describe("a conversation", () => {
  test("is made, talked in, read, renamed, exported and deleted", async () => {
    const id = await create({ metadata: { app: 1 } });
    const { text, events } = await say(id, { input: "Hello there", system: "Be brief." });
    expect(text).toBe("2 Hello there");
    expect(asked.at(-1)).toBe("s:Be brief.|u:Hello there");
    expect(events.find(({ type }) => type === "context")).toEqual({ type: "context", contextId: id });
    await say(id, { input: "Again" });
    const read = await json(ask("anna", "GET", `/${id}`));
    expect(texts(read.messages)).toEqual(["Hello there", "2 Hello there", "Again", "3 Again"]);
    expect(read).toMatchObject({ id, title: "Hello there", metadata: { app: 1 }, earlier: false });
    expect(await json(ask("anna", "PATCH", `/${id}`, { title: "Greeting" }))).toMatchObject({ title: "Greeting" });
    const exported = await ask("anna", "GET", `/${id}/export?format=markdown`);
    expect(exported.headers.get("content-disposition")).toBe('attachment; filename="Greeting.md"');
    expect(await exported.text()).toContain("Hello there");
    const whole = await (await ask("anna", "GET", `/${id}/export`)).text();
    expect(await json(ask("anna", "DELETE", `/${id}`))).toEqual({ id, deleted: true });
    expect((await ask("anna", "GET", `/${id}`)).status).toBe(404);
    const again = await json(ask("anna", "POST", "", { id, import: whole }));
    expect(again).toMatchObject({ id, title: "Greeting" });
    expect((await json(ask("anna", "GET", `/${id}`))).messages).toHaveLength(4);
  });

  test("is read by pages of its newest messages", async () => {
    const id = await create();
    for (const input of ["one", "two", "three"]) await say(id, { input });
    const newest = await json(ask("anna", "GET", `/${id}?limit=2`));
    expect([texts(newest.messages), newest.earlier]).toEqual([["three", "5 three"], true]);
    const earlier = await json(ask("anna", "GET", `/${id}?limit=10&before=${newest.messages[0]?.id}`));
    expect([texts(earlier.messages), earlier.earlier]).toEqual([["one", "1 one", "two", "3 two"], false]);
    expect((await ask("anna", "GET", `/${id}?before=none`)).status).toBe(404);
  });

  test("has branches: edits, second answers, going back, and forks", async () => {
    const id = await create();
    await say(id, { input: "first" });
    const [question, answer] = (await json(ask("anna", "GET", `/${id}`))).messages;
    await say(id, { edit: question?.id, input: "changed" });
    await say(id, { regenerate: true });
    const { messages } = await json(ask("anna", "GET", `/${id}`));
    expect(texts(messages)).toEqual(["changed", "1 changed"]);
    expect(messages[0]?.siblings).toEqual([question?.id, messages[0]?.id]);
    expect(messages[1]?.siblings).toHaveLength(2);
    await json(ask("anna", "PATCH", `/${id}`, { head: question?.id }));
    expect(texts((await json(ask("anna", "GET", `/${id}`))).messages)).toEqual(["first", "1 first"]);
    expect((await json(ask("anna", "GET", `/${id}?branches=all`))).messages).toHaveLength(5);
    const fork = await json(ask("anna", "POST", `/${id}/fork`, { message: messages[1]?.id, title: "Fork" }));
    expect(fork).toMatchObject({ title: "Fork", head: messages[1]?.id });
    expect(texts((await json(ask("anna", "GET", `/${fork.id}`))).messages)).toEqual(["changed", "1 changed"]);
    const heard = await json(ask("anna", "POST", `/${id}/heard`, { message: answer?.id, chars: 3 }));
    expect(heard.message).not.toBe(answer?.id);
    expect(texts((await json(ask("anna", "GET", `/${id}`))).messages)).toEqual(["first", "1 f"]);
  });

  test("takes messages, files and answers of tools", async () => {
    const id = await create();
    const greeting = { message: { role: "assistant", content: "Welcome" } };
    expect((await ask("anna", "POST", `/${id}/messages`, greeting)).status).toBe(201);
    const image = { type: "file", mediaType: "image/png", data: { base64: "AQID" } };
    await say(id, { input: [{ type: "text", text: "Look" }, image] });
    const { messages } = await json(ask("anna", "GET", `/${id}`));
    expect(texts(messages)).toEqual(["Welcome", "Look", "2 Look"]);
    expect(messages[1]?.message.content).toEqual([{ type: "text", text: "Look" }, image]);
  });
});

describe("a turn", () => {
  test("is a run: it goes on without its reader, who comes back and misses nothing", async () => {
    gate = deferred();
    const id = await create();
    const leaving = new AbortController();
    const first = await fetch(`${serving.url}/v1/conversations/${id}/turns`, {
      method: "POST",
      headers: { authorization: `Bearer ${keys.anna.key}` },
      body: JSON.stringify({ input: "wait for it" }),
      signal: leaving.signal,
    });
    const run = first.headers.get("x-sluice-run") ?? "";
    await readRun(first, "text-delta");
    leaving.abort();
    expect(await json(ask("anna", "GET", `/${id}`))).toMatchObject({ run, messages: [] });
    expect((await ask("anna", "POST", `/${id}/turns`, { input: "meanwhile" })).status).toBe(409);
    expect((await ask("anna", "PATCH", `/${id}`, { title: "Renamed meanwhile" })).status).toBe(200);
    gate.resolve();
    const headers = { authorization: `Bearer ${keys.anna.key}` };
    const rest = await readRun(await fetch(`${serving.url}/v1/runs/${run}/stream`, { headers }));
    expect(rest.text).toBe("1 wait for it");
    const read = await json(ask("anna", "GET", `/${id}`));
    expect(texts(read.messages)).toEqual(["wait for it", "1 wait for it"]);
    expect(read).toMatchObject({ title: "Renamed meanwhile" });
    expect(read.run).toBeUndefined();
  });

  test("that is stopped is kept as far as it came; one that is deleted with its conversation is not", async () => {
    gate = deferred();
    const id = await create();
    const { run } = await json(ask("anna", "POST", `/${id}/turns`, { input: "wait", background: true }));
    const headers = { authorization: `Bearer ${keys.anna.key}` };
    const watched = await fetch(`${serving.url}/v1/runs/${run}/stream`, { headers });
    const begun = await readRun(watched, "text-delta");
    expect(begun.text).toBe("1 ");
    await fetch(`${serving.url}/v1/runs/${run}/stop`, { method: "POST", headers });
    const ended = await readRun(await fetch(`${serving.url}/v1/runs/${run}/stream`, { headers }));
    expect(ended.error).toMatchObject({ code: "cancelled" });
    await expect.poll(async () => texts((await json(ask("anna", "GET", `/${id}`))).messages)).toEqual(["wait", "1 "]);
    await json(ask("anna", "POST", `/${id}/turns`, { input: "wait more", background: true }));
    expect((await ask("anna", "DELETE", `/${id}`)).status).toBe(200);
    expect((await ask("anna", "GET", `/${id}`)).status).toBe(404);
    expect((await store.list()).some((record) => record.id.endsWith(id))).toBe(false);
  });
});

describe("conversations", () => {
  test("are listed by pages and found by a text, each caller's own", async () => {
    const own = await Promise.all(["Tides of the sea", "Locks", "Sluices"].map((title) => create({ title })));
    await say(own[1] ?? "", { input: "How do tides move a lock gate?" });
    const ids: unknown[] = [];
    for (let next = "", more = true; more; ) {
      const page = await json(ask("anna", "GET", `?limit=2${next}`));
      ids.push(...(page.data as JsonObject[]).map(({ id }) => id));
      more = page.next !== undefined;
      next = `&after=${String(page.next)}`;
    }
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids).toEqual(expect.arrayContaining(own));
    const hits = (await json(ask("anna", "GET", "?search=TIDES"))).data as JsonObject[];
    expect(hits.map(({ title }) => title).sort()).toEqual(["Locks", "Tides of the sea"]);
    expect(hits.find(({ title }) => title === "Locks")).toMatchObject({
      matches: [{ role: "user", excerpt: "How do tides move a lock gate?" }, { role: "assistant" }],
    });
    const one = await json(ask("anna", "GET", "?search=tides&limit=1"));
    const other = await json(ask("anna", "GET", `?search=tides&limit=1&after=${String(one.next)}`));
    expect([one.data, other.data].flat()).toHaveLength(2);
    expect(await json(ask("ben", "GET", ""))).toEqual({ data: [] });
    expect(await json(ask("ben", "GET", "?search=tides"))).toEqual({ data: [] });
  });

  test("of another caller are not there, whatever is asked of them", async () => {
    const id = await create({ id: "shared-name" });
    const run = (await say(id, { input: "private" })).run;
    for (const [method, path, body] of [
      ["GET", "", undefined],
      ["PATCH", "", { title: "mine" }],
      ["DELETE", "", undefined],
      ["POST", "/turns", { input: "hi" }],
      ["POST", "/turns", { regenerate: true }],
      ["POST", "/messages", { message: { role: "user", content: "hi" } }],
      ["POST", "/heard", { message: "x", chars: 1 }],
      ["POST", "/fork", {}],
      ["GET", "/export", undefined],
    ] as const) {
      expect([method, path, (await ask("ben", method, `/${id}${path}`, body)).status]).toEqual([method, path, 404]);
    }
    for (const way of [`../runs/${run}`, `../runs/${run}/stream`]) {
      expect((await ask("ben", "GET", `/${way}`)).status).toBe(404);
    }
    // The same name is free for somebody else, also one that looks like a key of the store.
    expect((await ask("ben", "POST", "", { id })).status).toBe(201);
    const taken = await ask("anna", "POST", "", { id });
    expect([taken.status, await taken.json()]).toMatchObject([409, { error: { field: "id", retryable: false } }]);
    expect((await ask("ben", "GET", `/${encodeURIComponent(`anna:${id}`)}`)).status).toBe(404);
    expect((await ask("ben", "POST", "", { id: `anna:${id}` })).status).toBe(201);
    expect((await json(ask("anna", "GET", `/${id}`))).messages).toHaveLength(2);
  });

  test("have any id", async () => {
    for (const id of ["a/b?c#d", "ü 😀", "...", "100%", "%2F"]) {
      await create({ id });
      expect((await say(encodeURIComponent(id), { input: "Hi" })).text).toBe("1 Hi");
    }
  });

  test.each([
    ["POST", "", { titel: "x" }, 400, "titel"],
    ["POST", "", { title: " " }, 400, "title"],
    ["POST", "", { id: "" }, 400, "id"],
    ["POST", "", { id: ".." }, 400, "id"],
    ["POST", "/ID/turns", {}, 400, "input"],
    ["POST", "/ID/turns", { input: " " }, 400, "input"],
    ["POST", "/ID/turns", { input: "x", temperature: 1 }, 400, "temperature"],
    ["POST", "/ID/turns", { input: "x", request: { temprature: 1 } }, 400, "temprature"],
    ["POST", "/ID/turns", { input: "x", model: "other" }, 404, "model"],
    ["POST", "/ID/turns", { input: [{ role: "usr", content: "x" }] }, 400, "input[0].role"],
    ["POST", "/ID/turns", { regenerate: 1 }, 400, "regenerate"],
    ["PATCH", "/ID", { head: "none" }, 400, "messageId"],
    ["POST", "/ID/fork", { message: "none" }, 400, "messageId"],
    ["GET", "?limit=0", undefined, 400, "limit"],
    ["GET", "?after=x", undefined, 400, "after"],
    ["GET", "/ID/export?format=pdf", undefined, 400, "format"],
  ])("%s %s with %j is refused with %i", async (method, path, body, status, field) => {
    const id = await create();
    const response = await ask("anna", method, path.replace("ID", id), body);
    const refused = native.readError({ status: response.status, headers: {}, body: await response.text() });
    expect([response.status, refused.field]).toEqual([status, field]);
  });

  test("a turn of a model that fails says so, and the question is kept for another try", async () => {
    const events: ChatEvent[] = [];
    const failing = defineModel({
      id: "failing",
      async *stream() {
        yield "half ";
        throw new Error("broken");
      },
    });
    const other = await serve({ models: { failing }, conversations: ":memory:" });
    try {
      const made = await fetch(`${other.url}/v1/conversations`, { method: "POST", body: "{}" });
      const { id } = (await made.json()) as { id: string };
      const body = JSON.stringify({ input: "Hi" });
      const read = await readRun(await fetch(`${other.url}/v1/conversations/${id}/turns`, { method: "POST", body }));
      events.push(...read.events);
      expect([read.text, read.error?.message]).toEqual(["half ", expect.stringContaining("broken")]);
      const { messages } = (await (await fetch(`${other.url}/v1/conversations/${id}`)).json()) as { messages: Kept[] };
      expect(texts(messages)).toEqual(["Hi", "half "]);
    } finally {
      await other.close();
    }
  });
});

test("a server without a store has no conversations", async () => {
  const other = await serve({ models: { counting } });
  expect((await fetch(`${other.url}/v1/conversations`)).status).toBe(404);
  await other.close();
});

test("the document of the server's paths has them", async () => {
  const headers = { authorization: `Bearer ${keys.anna.key}` };
  const { paths } = (await (await fetch(`${serving.url}/openapi.json`, { headers })).json()) as { paths: object };
  expect(Object.keys(paths).filter((path) => path.startsWith("/v1/conversations"))).toEqual([
    "/v1/conversations",
    "/v1/conversations/{id}",
    "/v1/conversations/{id}/turns",
    "/v1/conversations/{id}/messages",
    "/v1/conversations/{id}/heard",
    "/v1/conversations/{id}/fork",
    "/v1/conversations/{id}/export",
  ]);
});
