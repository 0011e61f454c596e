import { createServer as createHttp, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { defineModel } from "../../src/models/define-model.js";
import { scripted } from "../../src/models/scripted.js";
import { createApiKey } from "../../src/server/protect/api-key.js";
import type { ServerOptions } from "../../src/server/server-options.js";
import { startRedis } from "../support/local-server.js";
import { type Serving, serve } from "./serve.js";

const redis = await startRedis();
afterAll(() => redis?.stop());

const key = createApiKey();
const ask = ({ url }: Serving, model = "fine") =>
  fetch(`${url}/v1/chat/completions`, {
    method: "POST",
    headers: { "x-api-key": key.key },
    body: JSON.stringify({ model, messages: [{ role: "user", content: "Hi" }] }),
  });
const booked = () => {
  const waiting: (() => void)[] = [];
  return { onRun: () => waiting.shift()?.(), next: () => new Promise<void>((resolve) => waiting.push(resolve)) };
};

/** Uses as many tokens as a dollar buys at the price of `openai/gpt-4.1`: 500,000 of input at 2 USD a million. */
const dear = defineModel({
  id: "openai/gpt-4.1",
  *stream() {
    yield "x";
    yield { type: "usage", usage: { inputTokens: 500_000, outputTokens: 0 } };
  },
});
const fine = defineModel({ id: "fine", stream: () => ["Hi"] });
const unpriced = defineModel({
  id: "nobody/unpriced",
  *stream() {
    yield "x";
    yield { type: "usage", usage: { inputTokens: 1, outputTokens: 1 } };
  },
});

describe("a budget in USD", () => {
  test("is spent by what answers cost, and models without a price are refused once that is known", async () => {
    const { onRun, next } = booked();
    const serving = await serve({
      models: { dear, unpriced },
      keys: [{ name: "a", hash: key.hash, usdPerDay: 1.5 }],
      onRun,
    });
    const over = next();
    expect((await ask(serving, "unpriced")).status).toBe(200);
    await over;
    const refused = await ask(serving, "unpriced");
    expect([refused.status, await refused.text()]).toEqual([402, expect.stringContaining("is not known")]);
    for (let spent = 0; spent < 2; spent++) {
      const done = next();
      expect((await ask(serving, "dear")).status).toBe(200);
      await done;
    }
    const spent = await ask(serving, "dear");
    expect([spent.status, await spent.text()]).toEqual([429, expect.stringContaining("1.5 USD a day")]);
    await serving.close();
  });
});

describe.skipIf(redis === undefined)("limits that replicas share", () => {
  const replica = (options: ServerOptions = {}) =>
    serve({
      models: { fine },
      keys: [{ name: "shared", hash: key.hash, requestsPerMinute: 3 }],
      sharedLimits: redis?.url ?? "",
      ...options,
    });

  test("are counted together", async () => {
    const [a, b] = await Promise.all([replica(), replica()]);
    const answers = [await ask(a), await ask(b), await ask(a), await ask(b), await ask(a)];
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 429, 429]);
    await Promise.all([a.close(), b.close()]);
  });

  test("are refused at the start where Redis cannot be reached", async () => {
    await expect(replica({ sharedLimits: "redis://127.0.0.1:1" })).rejects.toMatchObject({ code: "store-failed" });
  });
});

describe("files that clients name by address", () => {
  let site: Server;
  let at = "";
  beforeAll(async () => {
    site = createHttp((request, response) => {
      if (request.url === "/away")
        response.writeHead(302, { location: `http://127.0.0.1:${portOf(site)}/a.png` }).end();
      else response.writeHead(200, { "content-type": "image/png" }).end(Buffer.alloc(100, 7));
    });
    await new Promise<void>((resolve) => site.listen(0, "127.0.0.1", resolve));
    at = `http://localhost:${portOf(site)}`;
  });
  afterAll(() => site.close());

  const send = async (url: string, fetchFiles: ServerOptions["fetchFiles"] = {}) => {
    const model = scripted([["Nice."]]);
    const serving = await serve({ models: { model }, fetchFiles });
    const content = [{ type: "image_url", image_url: { url } }];
    const body = JSON.stringify({ model: "model", messages: [{ role: "user", content }] });
    const answer = await fetch(`${serving.url}/v1/chat/completions`, { method: "POST", body });
    const text = await answer.text();
    await serving.close();
    return { status: answer.status, text, asked: model.requests[0] };
  };

  test("are fetched, and the model has their bytes", async () => {
    const { status, asked } = await send(`${at}/a.png`, { allowPrivate: ["localhost"] });
    expect(status).toBe(200);
    expect(asked?.messages[0]?.content).toMatchObject([{ mediaType: "image/png", data: new Uint8Array(100).fill(7) }]);
  });

  test.each([
    ["a private address", () => `http://127.0.0.1:${portOf(site)}/a.png`],
    ["a name of one", () => `${at}/a.png`],
    ["a number", () => `http://2130706433:${portOf(site)}/a.png`],
    ["IPv6", () => "http://[::1]/a.png"],
    ["IPv4 in IPv6", () => "http://[::ffff:127.0.0.1]/a.png"],
    ["the metadata of a cloud", () => "http://169.254.169.254/latest/meta-data/"],
  ])("are not fetched from %s", async (_what, url) => {
    const { status, text, asked } = await send(url());
    expect([status, asked]).toEqual([403, undefined]);
    expect(text).toContain("private address");
  });

  test("are not fetched where a public one leads to a private one, or are too large", async () => {
    expect((await send(`${at}/away`, { allowPrivate: ["localhost"] })).status).toBe(403);
    expect((await send(`${at}/a.png`, { allowPrivate: ["localhost"], maxBytes: 99 })).text).toContain("larger than 99");
  });
});

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}
