import { expect, test } from "vitest";
import { collect } from "../../../test/support/collect.js";
import { DaprWorld } from "../../../test/support/dapr-world.js";
import { deferred } from "../../../test/support/deferred.js";

const world = new DaprWorld();

test("a long answer leaves no listeners behind on its connection", async () => {
  const warnings: string[] = [];
  const warned = (warning: Error) => void warnings.push(warning.name);
  process.on("warning", warned);
  const { httpPort } = await world.sidecar();
  const messages = Array.from({ length: 20_000 }, (_, index) => `word${index}`).join(" ");
  await collect(world.client({ httpPort }).generate({ messages, stream: true }));
  // Warnings come in a turn of their own.
  const later = deferred();
  setImmediate(() => later.resolve());
  await later.promise;
  process.off("warning", warned);
  expect(warnings).toEqual([]);
});
