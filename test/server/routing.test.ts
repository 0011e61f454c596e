import { createServer as createHttp, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openAiChat } from "../../src/dialects/openai-chat/openai-chat.js";
import { defineModel } from "../../src/models/define-model.js";
import { httpModel } from "../../src/models/http/http-model.js";
import { createApiKey } from "../../src/server/protect/api-key.js";
import type { RunLogEntry } from "../../src/server/request-log.js";
import type { ServerOptions } from "../../src/server/server-options.js";
import { SluiceError } from "../../src/stream/error.js";
import { deferred } from "../support/deferred.js";
import { type Serving, serve } from "./serve.js";

/** A provider that takes requests and says what the test lets it; notes when a connection is closed. */
const upstream = { asked: deferred(), closed: deferred(), begin: false };
let provider: Server;
let url = "";
const booked: RunLogEntry[] = [];
const ended: (() => void)[] = [];
const key = createApiKey();
let serving: Serving;

beforeAll(async () => {
  provider = createHttp((request, response) => {
    request.resume();
    response.on("close", () => upstream.closed.resolve());
    if (upstream.begin) {
      response.writeHead(200, { "content-type": "text/event-stream" });
      const frame = { id: "x", choices: [{ index: 0, delta: { content: "Seven little words are all I say" } }] };
      response.write(`data: ${JSON.stringify(frame)}\n\n`);
    }
    upstream.asked.resolve();
  });
  await new Promise<void>((resolve) => provider.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(provider.address() as AddressInfo).port}/v1`;
  const broken = defineModel({
    id: "broken/one",
    *stream() {
      yield* [];
      throw new SluiceError("overloaded", "busy", { status: 503 });
    },
  });
  const fine = defineModel({ id: "fine/one", stream: () => ["Hi"] });
  serving = await serve({
    models: {
      broken,
      fine,
      mute: httpModel({ id: "mute/one", dialect: openAiChat, model: "mute", baseUrl: url }),
    },
    routes: { chat: { targets: ["broken", { model: "fine", weight: 2 }], breaker: { failures: 2, openMs: 60_000 } } },
    providers: { fine: { concurrency: 1 } },
    keys: [{ name: "web", hash: key.hash }],
    onRun: (entry) => {
      booked.push(entry);
      for (const resolve of ended.splice(0)) resolve();
    },
  });
});
afterAll(async () => {
  await serving.close();
  provider.closeAllConnections();
  provider.close();
});

const headers = { "x-api-key": key.key };
const ask = (model: string, signal?: AbortSignal) =>
  fetch(`${serving.url}/v1/chat/completions`, {
    method: "POST",
    headers,
    body: JSON.stringify({ model, stream: true, messages: [{ role: "user", content: "Say seven words." }] }),
    ...(signal && { signal }),
  });
const nextRun = () => new Promise<void>((resolve) => ended.push(resolve));

test("each decision is in the headers, the log, the metrics, and the state that a dashboard reads", async () => {
  const first = await ask("chat");
  expect(first.headers.get("x-sluice-route")).toBe('"broken/one";failed=overloaded, "fine/one";answers');
  expect(await first.text()).toContain("Hi");
  await (await ask("chat")).text();
  const third = await ask("chat");
  expect(third.headers.get("x-sluice-route")).toBe('"fine/one";answers');
  await third.text();
  const { routes } = await (await fetch(`${serving.url}/v1/routes`, { headers })).json();
  expect(routes[0]).toMatchObject({
    route: "chat",
    targets: [{ target: "broken/one", breaker: "open", failed: 2 }, { finished: 3 }],
  });
  const metrics = await (await fetch(`${serving.url}/metrics`, { headers })).text();
  expect(metrics).toContain(
    'sluice_route_decisions_total{route="chat",target="broken/one",outcome="failed",code="overloaded"} 2',
  );
  expect(metrics).toContain('sluice_route_breaker{route="chat",target="broken/one"} 2');
  expect(booked[0]).toMatchObject({ model: "chat", route: '"broken/one";failed=overloaded, "fine/one";answers' });
});

test("a client that leaves before the first token closes the connection to the provider, and is booked nothing", async () => {
  upstream.asked = deferred();
  upstream.closed = deferred();
  const left = new AbortController();
  const run = nextRun();
  const asking = ask("mute", left.signal).catch((error: unknown) => error);
  await upstream.asked.promise;
  left.abort();
  await upstream.closed.promise;
  await asking;
  await run;
  expect(booked.at(-1)).toMatchObject({ model: "mute", error: "cancelled", usage: {} });
});

test("an answer that is cut off is booked, though its provider has not said what it used", async () => {
  upstream.closed = deferred();
  upstream.begin = true;
  const left = new AbortController();
  const run = nextRun();
  const answer = await ask("mute", left.signal);
  await answer.body?.getReader().read();
  left.abort();
  await upstream.closed.promise;
  await run;
  expect(booked.at(-1)).toMatchObject({ estimated: true, usage: { inputTokens: 4, outputTokens: 7 } });
});

test.each([
  [{ routes: { chat: { targets: [] } } }, "routes.chat.targets"],
  [{ routes: { chat: { targets: ["nobody/model"] } } }, "nobody"],
  [{ routes: { chat: { targets: ["echo"], hedge: 3 } } }, "did you mean hedgeMs?"],
  [{ providers: { openai: { concurency: 1 } } }, "did you mean concurrency?"],
])("a server with %j is refused", async (options, named) => {
  await expect(serve(options as ServerOptions)).rejects.toThrow(named);
});
