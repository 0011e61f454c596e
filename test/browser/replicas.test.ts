import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { RedisRunLog } from "../../src/runs/redis-run-log.js";
import type { Serving } from "../server/serve.js";
import { deferred } from "../support/deferred.js";
import { startRedis } from "../support/local-server.js";
import { Switchboard } from "../support/switchboard.js";
import { NO_BROWSER, serveApp, TestBrowser } from "./browser.js";
import { ChatDriver } from "./chat-page.js";
import { waiting } from "./world.js";

const redis = NO_BROWSER === undefined ? await startRedis() : undefined;
afterAll(() => redis?.stop());

describe.skipIf(redis === undefined)("two replicas behind one address", () => {
  let browser: TestBrowser;
  const logs: RedisRunLog[] = [];
  const replicas: Serving[] = [];
  let gate = deferred<void>();
  let left = deferred<void>();
  let board: Switchboard;

  beforeAll(async () => {
    browser = await TestBrowser.open();
    for (let n = 0; n < 2; n++) {
      const log = await RedisRunLog.open({ url: redis?.url ?? "" });
      logs.push(log);
      const model = waiting(
        () => gate.promise,
        () => left.resolve(),
      );
      replicas.push(await serveApp({ models: { waiting: model }, log }));
    }
    board = await Switchboard.open(replicas[0]?.url ?? "");
  });
  afterAll(async () => {
    await browser?.close();
    await board?.close();
    for (const replica of replicas) await replica.close();
    for (const log of logs) await log.close();
  });

  test("an answer goes on over the other replica, and nothing is there twice", async () => {
    const { page, close } = await browser.page(board.url);
    const chat = new ChatDriver(page);
    await chat.send("Go");
    await chat.lastAnswer.getByText("first half").waitFor();
    board.switchTo(replicas[1]?.url ?? "");
    gate.resolve();
    expect(await chat.whole()).toBe("The first half stands here. And here is the second half.");
    await close();
  });

  test("a reload finds the running answer there, and Stop from there ends it at the model", async () => {
    gate = deferred();
    left = deferred();
    board.switchTo(replicas[0]?.url ?? "");
    const { page, close } = await browser.page(board.url);
    const chat = new ChatDriver(page);
    await chat.send("Go");
    await chat.lastAnswer.getByText("first half").waitFor();
    board.switchTo(replicas[1]?.url ?? "");
    await page.reload();
    await chat.lastAnswer.getByText("first half").waitFor();
    await chat.button("Stop the answer").click();
    await left.promise;
    expect(await chat.whole()).toBe("The first half stands here.");
    await close();
  });
});
