import { afterAll, beforeAll, expect, test } from "vitest";
import { native } from "../../src/dialects/native/native.js";
import { defineModel } from "../../src/models/define-model.js";
import { httpModel } from "../../src/models/http/http-model.js";
import type { ChatEvent } from "../../src/stream/chat-event.js";
import { SseReader } from "../../src/stream/framing/sse-reader.js";
import { collect } from "../support/collect.js";
import { deferred } from "../support/deferred.js";
import { type Serving, serve } from "./serve.js";

let gate = deferred();
let left = deferred();

/** Says two words, waits, and says two more. */
const waiting = defineModel({
  id: "waiting",
  async *stream(_, { signal }) {
    signal.addEventListener("abort", () => left.resolve());
    yield "one ";
    yield "two ";
    await gate.promise;
    yield "three ";
    yield { type: "file", mediaType: "image/png", data: Uint8Array.of(1, 2) };
    yield "four";
    yield { type: "usage", usage: { inputTokens: 1, outputTokens: 4, raw: { own: true } } };
  },
});

let serving: Serving;
beforeAll(async () => {
  serving = await serve({ models: { waiting } });
});
afterAll(() => serving.close());

const body = { model: "waiting", messages: [{ role: "user", content: "Hi" }] };
const post = (path: string, json: object, signal?: AbortSignal) =>
  fetch(serving.url + path, { method: "POST", body: JSON.stringify(json), ...(signal && { signal }) });

/** Reads frames until one contains a text, or all of them. */
async function read(
  response: Response,
  until?: string,
): Promise<{ text: string; last: string | undefined; data: string[] }> {
  const reader = new SseReader();
  const data: string[] = [];
  let last: string | undefined;
  for await (const bytes of response.body ?? []) {
    reader.push(bytes, (frame) => {
      data.push(frame.data);
      last = frame.id;
    });
    if (until !== undefined && data.some((one) => one.includes(until))) break;
  }
  const events: ChatEvent[] = data.flatMap((one) => JSON.parse(one).events ?? []);
  return { text: events.map((event) => (event.type === "text-delta" ? event.text : "")).join(""), last, data };
}

test("another Sluice's model is one of this one's: nothing is lost on the way", async () => {
  gate.resolve();
  const model = httpModel({ id: "remote", dialect: native, model: "waiting", baseUrl: serving.url });
  const events = await collect(model.stream({ messages: [{ role: "user", content: "Hi" }] }));
  expect(events.filter(({ type }) => type === "file")).toEqual([
    { type: "file", mediaType: "image/png", data: Uint8Array.of(1, 2) },
  ]);
  expect(events.at(-1)).toEqual({
    type: "finish",
    reason: "stop",
    usage: { inputTokens: 1, outputTokens: 4, raw: { own: true } },
  });
  const whole = await model.stream({ messages: [{ role: "user", content: "Hi" }] }, { streaming: false }).fullText;
  expect(whole).toBe("one two three four");
});

test("a client that drops comes back with the number of what it has, and misses nothing", async () => {
  gate = deferred();
  const leaving = new AbortController();
  const first = await post("/v1/runs", body, leaving.signal);
  const run = first.headers.get("x-sluice-run") ?? "";
  const seen = await read(first, "two");
  leaving.abort();
  gate.resolve();
  const headers = { "last-event-id": seen.last ?? "" };
  const rest = await read(await fetch(`${serving.url}/v1/runs/${run}/stream`, { headers }));
  expect(seen.text + rest.text).toBe("one two three four");
  expect(await (await fetch(`${serving.url}/v1/runs/${run}`)).json()).toMatchObject({
    run,
    state: "finished",
    model: "waiting",
  });
  // And from the beginning, as often as one likes.
  expect((await read(await fetch(`${serving.url}/v1/runs/${run}/stream`))).text).toBe("one two three four");
  expect(await (await fetch(`${serving.url}/v1/runs/${run}`, { method: "DELETE" })).json()).toEqual({
    forgotten: true,
  });
  expect((await fetch(`${serving.url}/v1/runs/${run}`)).status).toBe(404);
});

test("a client that names its run finds it by that name, and does not begin it twice", async () => {
  gate = deferred();
  const run = crypto.randomUUID();
  const first = await post("/v1/runs", { ...body, run });
  expect(first.headers.get("x-sluice-run")).toBe(run);
  const again = await post("/v1/runs", { ...body, run });
  expect([again.status, await again.json()]).toMatchObject([409, { error: { code: "conflict" } }]);
  gate.resolve();
  expect((await read(first)).text).toBe("one two three four");
  expect((await read(await fetch(`${serving.url}/v1/runs/${run}/stream`))).text).toBe("one two three four");
});

test.each(["short", "with/slash", "x".repeat(65), 12345678, ""])("a run is not named %j", async (run) => {
  const answer = await post("/v1/runs", { ...body, run });
  expect([answer.status, await answer.json()]).toMatchObject([400, { error: { field: "run" } }]);
});

test("a run in the background goes on by itself, and is stopped from outside", async () => {
  [gate, left] = [deferred(), deferred()];
  const begun = await post("/v1/runs", { ...body, background: true });
  expect(begun.status).toBe(202);
  const { run } = (await begun.json()) as { run: string };
  const watching = read(await fetch(`${serving.url}/v1/runs/${run}/stream`));
  expect(await (await post(`/v1/runs/${run}/stop`, {})).json()).toEqual({ stopped: true });
  await left.promise;
  const { data } = await watching;
  expect(JSON.parse(data.at(-1) ?? "")).toMatchObject({ error: { code: "cancelled" } });
  expect(await (await post(`/v1/runs/${run}/stop`, {})).json()).toEqual({ stopped: false });
});

test.each([
  ["/v1/runs/none/stream", 404],
  ["/v1/runs/none", 404],
])("GET %s is answered with %i", async (path, status) => {
  expect((await fetch(serving.url + path)).status).toBe(status);
});

test("numbers that are none are refused", async () => {
  const run = (await post("/v1/runs", { ...body, background: true })).headers.get("x-sluice-run");
  const answer = await fetch(`${serving.url}/v1/runs/${run}/stream?after=x`);
  expect([answer.status, await answer.json()]).toMatchObject([400, { error: { field: "after" } }]);
});
