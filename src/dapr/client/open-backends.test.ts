import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { collect } from "../../../test/support/collect.js";
import { componentFile, DaprWorld, failure } from "../../../test/support/dapr-world.js";
import { freePort } from "../../../test/support/free-port.js";
import { ManualClock } from "../../../test/support/manual-clock.js";
import { MemoryStore } from "../../chat/stores/memory-store.js";
import type { Notice } from "../resources/notice.js";
import type { DaprChatClientOptions } from "./client-options.js";
import type { GenerateOptions } from "./generate-options.js";

const world = new DaprWorld();

describe("the component that is asked", () => {
  const said = async (options: DaprChatClientOptions, asked: Partial<GenerateOptions> = {}) => {
    const { model } = await world.client({ backend: "in-process", resourcesPath: several, ...options }).generate({
      messages: "x",
      ...asked,
      stream: false,
    });
    return model;
  };
  let several: string;
  beforeEach(async () => {
    const names = ["a", "b", "c"];
    several = await world.files(Object.fromEntries(names.map((name) => [`${name}.yaml`, componentFile(name)])));
  });

  test("is the call's, then the client's, then the environment's, then the only one", async () => {
    const env = { DAPR_LLM_COMPONENT_DEFAULT: "c" };
    expect(await said({ llmComponent: "b", env }, { llmComponent: "a" })).toBe("a");
    expect(await said({ llmComponent: "b", env })).toBe("b");
    expect(await said({ componentName: "b", env })).toBe("b");
    expect(await said({ env })).toBe("c");
    expect(await said({ resourcesPath: world.folder })).toBe("echo");
  });

  test("must be named where there are several, or there is none", async () => {
    expect(await failure(() => said({}))).toMatchObject({
      code: "invalid-argument",
      field: "llmComponent",
      message: expect.stringContaining("has several conversation components: a, b, c; name one as llmComponent"),
    });
    const { httpPort } = await world.daprd({ components: [] });
    expect(await failure(() => said({ backend: "sidecar", httpPort }))).toMatchObject({
      message: expect.stringContaining("has no conversation component; name one"),
    });
    const two = await world.daprd({ components: ["x", "y"] });
    expect(await failure(() => said({ backend: "sidecar", grpcPort: two.grpcPort }))).toMatchObject({
      message: expect.stringContaining("x, y"),
    });
  });
});

describe("component files in this process", () => {
  test("stream, take personal data out and give the context id back", async () => {
    const dapr = world.client({ resourcesPath: world.folder, loading: { echoPauseMs: 0 } });
    const chunks = await collect(
      dapr.generate({ messages: "anna@example.com says", stream: true, contextId: "c1", scrubPII: true }),
    );
    expect(chunks.filter(({ type }) => type === "content").length).toBeGreaterThan(1);
    expect(chunks).toContainEqual({ type: "final_content", data: "<EMAIL_ADDRESS> says" });
    expect(chunks).toContainEqual({ type: "context_id", data: "c1" });
    expect((await dapr.generate({ messages: "x" })).context_id).toBeUndefined();
  });

  test("take personal data out of what tools gave, also where that is no text", async () => {
    const dapr = world.client({ resourcesPath: world.folder });
    const output = { to: ["ann@example.com"], card: 4111111111111111, answer: 42 };
    const call = { type: "tool-call" as const, callId: "c1", name: "find", input: {} };
    const { choices } = await dapr.generate({
      messages: [
        { role: "user", content: "Who?" },
        { role: "assistant", content: [call] },
        { role: "tool", content: [{ type: "tool-result", callId: "c1", name: "find", output }] },
      ],
      scrubPII: { input: true },
    });
    expect(choices[0].message.content).toContain('{"to":["<EMAIL_ADDRESS>"],"card":"<CREDIT_CARD>","answer":42}');
  });

  test("continue conversations where there is a store", async () => {
    const store = new MemoryStore();
    const dapr = world.client({ resourcesPath: world.folder, store, loading: { echoPauseMs: 0 } });
    await dapr.generate({ messages: "first", contextId: "c1" });
    const chunks = await collect(dapr.generate({ messages: "second", contextId: "c1", stream: true }));
    expect(chunks).toContainEqual({ type: "final_content", data: "first\nfirst\nsecond" });
    expect(chunks.filter(({ type }) => type === "context_id")).toEqual([{ type: "context_id", data: "c1" }]);
    expect((await store.load("c1"))?.messages).toHaveLength(4);
    const kept = join(world.folder, "kept.db");
    const opened = world.client({ resourcesPath: world.folder, store: kept, loading: { echoPauseMs: 0 } });
    await opened.generate({ messages: "first", contextId: "c2" });
    await opened.close();
    const again = world.client({ resourcesPath: world.folder, store: kept, loading: { echoPauseMs: 0 } });
    const { choices } = await again.generate({ messages: "second", contextId: "c2" });
    expect(choices[0].message.content).toBe("first\nfirst\nsecond");
  });

  test("refuse what a sidecar refuses, in the same words", async () => {
    const dapr = world.client({ resourcesPath: world.folder });
    expect(await failure(() => dapr.generate({ messages: "x", llmComponent: "nobody" }))).toMatchObject({
      code: "not-found",
      message: expect.stringMatching(/^failed finding conversation component nobody;/),
    });
  });

  test("that cannot be loaded fail the call; once they are right, the next one works", async () => {
    const files = await world.files({ "a.yaml": componentFile("a", "conversation.nobody") });
    const notices: Notice[] = [];
    const dapr = world.client({ resourcesPath: files, log: (notice) => notices.push(notice) });
    expect(await failure(() => dapr.generate({ messages: "x" }))).toMatchObject({
      message: expect.stringContaining("couldn't find conversation conversation.nobody/v1"),
    });
    await writeFile(join(files, "a.yaml"), componentFile("a"));
    expect((await dapr.generate({ messages: "x" })).choices[0].message.content).toBe("x");
    expect(notices).toContainEqual({ level: "info", message: "Component loaded: a (conversation.echo/v1)" });
  });
});

describe("who is asked", () => {
  const quick = { retry: { retries: 0 } };

  test("is the component files where they alone are given, and a sidecar that is named before them", async () => {
    const server = await world.daprd();
    const both = world.client({
      ...quick,
      resourcesPath: world.folder,
      env: { DAPR_HTTP_PORT: String(server.httpPort) },
    });
    await both.generate({ messages: "x" });
    expect(server.requests).toHaveLength(1);
    const files = world.client({
      ...quick,
      backend: "in-process",
      resourcesPath: world.folder,
      env: { DAPR_HTTP_PORT: String(server.httpPort) },
    });
    await files.generate({ messages: "x" });
    expect(server.requests).toHaveLength(1);
  });

  test("is the next one where the first does not answer", async () => {
    const server = await world.daprd();
    const notices: string[] = [];
    const log = ({ message }: Notice) => void notices.push(message);
    const closed = await freePort();
    const other = world.client({ ...quick, httpPort: closed, grpcPort: server.grpcPort, log });
    expect((await other.generate({ messages: "x" })).choices[0].message.content).toBe("x");
    expect(notices[0]).toContain(`the sidecar at http://127.0.0.1:${closed} (HTTP) gave no answer: no connection to`);
    const files = world.client({ ...quick, httpPort: closed, grpcPort: closed, resourcesPath: world.folder });
    expect((await collect(files.generate({ messages: "x", stream: true })))[0]).toMatchObject({
      data: { simulated: false },
    });
  });

  test("is nobody, where nobody answers: the error says who was tried", async () => {
    const closed = await freePort();
    const dapr = world.client({ ...quick, httpPort: closed, grpcPort: closed });
    expect(await failure(() => dapr.generate({ messages: "x" }))).toMatchObject({
      code: "connect-failed",
      message: expect.stringMatching(/no Dapr sidecar answers \(.*\(HTTP\): .*\(gRPC\): .*give resourcesPath/),
    });
    const one = world.client({ ...quick, httpPort: closed, backend: "sidecar", resourcesPath: world.folder });
    expect(await failure(() => one.generate({ messages: "x" }))).toMatchObject({ code: "connect-failed" });
  });

  test("is named where something else listens at its port", async () => {
    const page = await world.server((_, response) => response.writeHead(200).end("<html>"));
    const { grpcPort } = await world.sidecar();
    for (const options of [{ httpPort: page }, { grpcPort: page }, { httpPort: grpcPort }]) {
      const dapr = world.client({ ...quick, ...options });
      const where = `http://127.0.0.1:${Object.values(options)[0]}`;
      const protocol = "httpPort" in options ? "HTTP" : "gRPC";
      const error = await failure(() => dapr.generate({ messages: "x" }));
      expect(error.message).toContain(`what listens at ${where} does not answer over ${protocol} as Dapr does`);
    }
  });

  test("may be left while it is waited for", async () => {
    const { port, asked } = await world.silentServer();
    const controller = new AbortController();
    const dapr = world.client({ httpPort: port });
    const answer = failure(() => dapr.generate({ messages: "x", signal: controller.signal }));
    await asked;
    controller.abort("enough");
    expect(await answer).toMatchObject({ code: "cancelled", cause: "enough" });
  });

  test("must answer within the limit of a connection", async () => {
    const { port, asked } = await world.silentServer();
    const clock = new ManualClock();
    const dapr = world.client({ httpPort: port, clock, timeouts: { connectMs: 50 } });
    const answer = failure(() => dapr.generate({ messages: "x" }));
    await asked;
    await clock.timer(50);
    clock.advance(50);
    expect(await answer).toMatchObject({ code: "first-byte-timeout" });
  });
});
