import { afterAll, expect, test } from "vitest";
import { RedisConnection } from "../../src/runs/redis-connection.js";
import { startRedis } from "../support/local-server.js";

const redis = await startRedis();
afterAll(() => redis?.stop());

test.skipIf(redis === undefined)("whoever listens second to a channel hears it no sooner than the first", async () => {
  const connection = await RedisConnection.open(redis?.url ?? "");
  const order: string[] = [];
  await Promise.all([
    connection.listen("one", () => {}).then(() => order.push("first")),
    connection.listen("one", () => {}).then(() => order.push("second")),
  ]);
  expect(order).toEqual(["first", "second"]);
  connection.close();
});
