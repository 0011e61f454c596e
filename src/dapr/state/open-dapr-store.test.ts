import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { startFakeDaprState } from "../../../test/support/fake-dapr-state.js";
import { startSidecar } from "../sidecar/sidecar.js";
import { isDaprStore, openDaprStore } from "./open-dapr-store.js";

const fake = await startFakeDaprState({ apiToken: "s3cret" });
const folder = await mkdtemp(join(tmpdir(), "sluice-dapr-store-"));
afterAll(async () => {
  await Promise.all([fake.stop(), rm(folder, { recursive: true })]);
});
await writeFile(
  join(folder, "echo.yaml"),
  "apiVersion: dapr.io/v1alpha1\nkind: Component\nmetadata: {name: echo}\nspec: {type: conversation.echo, version: v1}\n",
);

const sidecarOptions = { appId: "app", resourcesPath: folder, httpPort: 0, grpcPort: 0, env: {}, apiToken: "s3cret" };

test("takes the name of a component, and what the component needs", async () => {
  const store = openDaprStore("dapr://statestore?partitionKey=p", { endpoint: fake.url, apiToken: "s3cret" });
  expect(await store.load("c")).toBeUndefined();
  expect(fake.requests.at(-1)?.query.get("metadata.partitionKey")).toBe("p");
  expect(isDaprStore("redis://x")).toBe(false);
  for (const where of ["dapr://", "dapr:statestore", "dapr://a/b", "redis://x"]) {
    expect(() => openDaprStore(where, { endpoint: fake.url })).toThrow("dapr://STORENAME");
  }
});

test("a sidecar continues conversations in a state store of the daprd behind it", async () => {
  const said: string[] = [];
  for (const text of ["one", "two"]) {
    // A sidecar for each turn: what the second one knows, it has from the store.
    const sidecar = await startSidecar({ ...sidecarOptions, upstream: { http: fake.url }, store: "dapr://statestore" });
    const answer = await fetch(`http://127.0.0.1:${sidecar.httpPort}/v1.0-alpha2/conversation/echo/converse`, {
      method: "POST",
      headers: { "dapr-api-token": "s3cret" },
      body: JSON.stringify({ contextId: "c", inputs: [{ messages: [{ ofUser: { content: [{ text }] } }] }] }),
    });
    const { outputs } = (await answer.json()) as { outputs: { choices: { message: { content: string } }[] }[] };
    said.push(outputs[0]?.choices[0]?.message.content ?? "");
    await sidecar.stop();
  }
  expect(said).toEqual(["one", "one\none\ntwo"]);
  const stored = await openDaprStore("dapr://statestore", { endpoint: fake.url, apiToken: "s3cret" }).load("c");
  expect(stored?.messages).toHaveLength(4);
});

test("a sidecar without a daprd behind it refuses one", async () => {
  const starting = startSidecar({ ...sidecarOptions, store: "dapr://statestore" });
  await expect(starting).rejects.toMatchObject({
    code: "invalid-argument",
    message: expect.stringContaining("upstream.http"),
  });
});
