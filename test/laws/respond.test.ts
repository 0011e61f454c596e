import { describe, expect, test } from "vitest";
import { type JsonValue, parseJson } from "../../src/base/json.js";
import type { Dialect } from "../../src/dialects/dialect.js";
import { openAiChat } from "../../src/dialects/openai-chat/openai-chat.js";
import { DIALECTS } from "../../src/dialects/recognise-wire.js";
import { respond, respondError } from "../../src/dialects/respond.js";
import { fetchTransport } from "../../src/models/http/fetch-transport.js";
import { httpModel } from "../../src/models/http/http-model.js";
import { scripted } from "../../src/models/scripted.js";
import type { Batch } from "../../src/stream/batch-source.js";
import type { ChatEvent } from "../../src/stream/chat-event.js";
import type { ChatModel } from "../../src/stream/chat-model.js";
import { ChatStream } from "../../src/stream/chat-stream.js";
import { SluiceError } from "../../src/stream/error.js";
import { ManualClock } from "../support/manual-clock.js";

const USAGE = { inputTokens: 3, outputTokens: 2 };
const ASKED = { messages: [{ role: "user" as const, content: [{ type: "text" as const, text: "Hi" }] }] };
const SAID: ChatEvent[] = [
  { type: "text-delta", text: "Grüß " },
  { type: "text-delta", text: "Gott 🙂" },
  { type: "finish", reason: "length", usage: USAGE },
];

/** A client of the dialect whose requests are answered by a model in this process. */
function clientOf(dialect: Dialect, model: ChatModel): ChatModel {
  const fetch = async (input: string | URL | Request, init?: RequestInit): Promise<Response> => {
    const { pathname } = new URL(String(input instanceof Request ? input.url : input));
    const [, name, method] = /\/models\/([^/:]+):(\w+)/.exec(pathname) ?? [];
    const body: JsonValue = parseJson(String(init?.body));
    const served = dialect.readRequest(body, name && method ? { model: name, method } : {});
    return respond(model.stream(served.request), dialect, served);
  };
  const transport = fetchTransport({ fetch });
  return httpModel({
    id: "client",
    dialect,
    model: "m",
    baseUrl: "http://in.process",
    transport,
    retry: { retries: 0 },
  });
}

describe.each(DIALECTS)("an answer in $name", (dialect) => {
  test.each([true, false])("reaches a client of it, streaming: %s", async (streaming) => {
    const client = clientOf(dialect, scripted([SAID]));
    const answer = client.stream(ASKED, { streaming });
    expect(await answer.fullText).toBe("Grüß Gott 🙂");
    expect(await answer.finishReason).toBe("length");
    expect(await answer.usage).toMatchObject(USAGE);
  });

  test.each([true, false])("that fails before its first word has a status, streaming: %s", async (streaming) => {
    const busy = new SluiceError("rate-limited", "too many", { retryable: true, retryAfterMs: 2_000 });
    const answer = clientOf(dialect, scripted([[{ throw: busy }]])).stream(ASKED, { streaming });
    await expect(answer.fullText).rejects.toMatchObject({ code: "rate-limited", status: 429, partial: { text: "" } });
  });

  test("that fails in the middle says so, after what had arrived", async () => {
    const lost = new SluiceError("overloaded", "too much to do");
    const answer = clientOf(dialect, scripted([[{ type: "text-delta", text: "Half" }, { throw: lost }]])).stream(ASKED);
    await expect(answer.fullText).rejects.toMatchObject({ partial: { text: "Half" } });
  });
});

const SERVED = { model: "m", stream: true, request: ASKED };

test("headers are the dialect's own, and the caller's before them", async () => {
  const answer = () => scripted([SAID]).stream(ASKED);
  const streamed = await respond(answer(), openAiChat, SERVED, {
    headers: { "x-id": "1", "cache-control": "private" },
  });
  expect(Object.fromEntries(streamed.headers)).toEqual({
    "content-type": "text/event-stream; charset=utf-8",
    "cache-control": "private",
    "x-accel-buffering": "no",
    "x-id": "1",
  });
  const whole = await respond(
    answer(),
    openAiChat,
    { ...SERVED, stream: false },
    { headers: { "x-id": "1" }, created: 7 },
  );
  expect([whole.headers.get("content-type"), whole.headers.get("x-id")]).toEqual(["application/json", "1"]);
  expect(await whole.json()).toMatchObject({ created: 7, object: "chat.completion" });
  const failed = scripted([[{ throw: new SluiceError("rate-limited", "too many", { retryAfterMs: 2_000 }) }]]);
  const refused = await respond(failed.stream(ASKED), openAiChat, SERVED, { headers: { "x-id": "1" } });
  expect([refused.status, refused.headers.get("retry-after"), refused.headers.get("x-id")]).toEqual([429, "2", "1"]);
});

/** A source that counts how often it was asked, and knows when it was told to stop. */
function endless() {
  const seen = { asked: 0, cancelled: false };
  const source = {
    next(): Batch {
      seen.asked++;
      return seen.asked === 1 ? [{ type: "start", id: "a", model: "m" }] : [{ type: "text-delta", text: "x" }];
    },
    cancel() {
      seen.cancelled = true;
    },
  };
  return { seen, stream: new ChatStream(source, { retain: false }) };
}

test("a client that does not read is not read for, and one that leaves ends the stream", async () => {
  const { seen, stream } = endless();
  const { body } = await respond(stream, openAiChat, SERVED);
  if (body === null) throw new Error("no body");
  expect(seen.asked).toBe(2);
  const reader = body.getReader();
  await reader.read();
  await reader.read();
  // What was read to know that it does not begin with an error is the first piece.
  expect(seen.asked).toBe(3);
  await reader.cancel("left");
  expect(seen.cancelled).toBe(true);
});

test("the request's signal ends an answer in one body", async () => {
  const clock = new ManualClock();
  const slow = scripted([[{ type: "text-delta", text: "One" }, { waitMs: 1_000 }, ...SAID]], { clock });
  const leave = new AbortController();
  const answering = respond(slow.stream(ASKED, { signal: leave.signal }), openAiChat, { ...SERVED, stream: false });
  leave.abort();
  expect((await answering).status).toBeGreaterThanOrEqual(400);
});

test("what fails before there is a stream is the client's error where it is one", async () => {
  const refused = new SluiceError("invalid-request", "messages: found 3", { field: "messages" });
  const notJson = await new Response("{").json().catch((thrown: unknown) => thrown);
  const statuses = [refused, notJson, new TypeError("a bug")].map((thrown) => respondError(thrown, openAiChat).status);
  expect(statuses).toEqual([400, 400, 500]);
  expect(await respondError(refused, openAiChat, { headers: { "x-id": "1" } }).json()).toMatchObject({
    error: { message: "messages: found 3" },
  });
});

test("a stream that somebody reads already is an error, too", async () => {
  const stream = scripted([SAID]).stream(ASKED);
  stream.batches();
  expect((await respond(stream, openAiChat, SERVED)).status).toBe(500);
});
