import { ClientFactory, DefaultAgentCardResolver, RestTransportFactory } from "@a2a-js/sdk/client";
import { RestRequestMalformedError } from "@a2a-js/sdk/errors";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { echo } from "../../src/models/echo.js";
import { say } from "./a2a-client.js";
import { type Serving, serve } from "./serve.js";

let serving: Serving;
beforeAll(async () => {
  serving = await serve({ models: { echo: echo({ tokensPerSecond: Number.POSITIVE_INFINITY }) } });
});
afterAll(() => serving.close());

async function ask(path: string, body?: object, method = body === undefined ? "GET" : "POST") {
  const answer = await fetch(`${serving.url}${path}`, {
    method,
    headers: { "content-type": "application/json", "a2a-version": "1.0" },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  return { status: answer.status, body: await answer.json() };
}

describe("A2A refuses, and does not fail of,", () => {
  test.each(["/a2a/%zz/.well-known/agent-card.json", "/a2a/%zz/v1/tasks", "/a2a/echo/v1/tasks/%zz"])(
    "the badly encoded path %s",
    async (path) => {
      const { status, body } = await ask(path);
      expect([status, body.error.message]).toEqual([400, "the path is badly encoded"]);
    },
  );

  test("a badly encoded name over JSON-RPC", async () => {
    expect((await ask("/a2a/%zz", { jsonrpc: "2.0", id: 1, method: "GetTask", params: {} })).status).toBe(400);
  });

  test.each([
    ["no object", [null], "message.parts[0] is no object"],
    ["a list", [{ text: "x" }, []], "message.parts[1] is no object"],
    ["bytes that are no text", [{ raw: 7 }], "message.parts[0].raw is no base64"],
  ])("a part that is %s", async (_, parts, problem) => {
    const message = { messageId: "m", role: "ROLE_USER", parts };
    for (const method of ["send", "stream"]) {
      const { status, body } = await ask(`/a2a/echo/v1/message:${method}`, { message });
      expect([status, body.error.message]).toEqual([400, problem]);
      expect(body.error.details[0]["@type"]).toBe("type.googleapis.com/google.rpc.ErrorInfo");
    }
    for (const method of ["SendMessage", "SendStreamingMessage", "message/send"]) {
      const { body } = await ask("/a2a/echo", { jsonrpc: "2.0", id: 1, method, params: { message } });
      expect(body).toMatchObject({ id: 1, error: { code: -32602, message: problem } });
    }
  });

  test.each(["tasks/get", "tasks/cancel", "tasks/resubscribe", "GetTask"])(
    "%s without an id of a task",
    async (method) => {
      const answer = await fetch(`${serving.url}/a2a/echo`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params: { metadata: {} } }),
      });
      expect(await answer.text()).toContain("-32001");
    },
  );

  test.each(["/a2a/echo/v1/tasks/a:__proto__", "/a2a/echo/v1/tasks/a:no-such"])("the action of %s", async (path) => {
    const { status, body } = await ask(path);
    expect([status, body.error.status]).toEqual([404, "NOT_FOUND"]);
    expect(body.error.message).toContain("behind a task's id stands");
  });

  test("what there is not, in the form of the binding", async () => {
    const { status, body } = await ask("/a2a/echo/v1/message:send", {}, "PUT");
    expect([status, body.error.code, body.error.status]).toEqual([404, 404, "NOT_FOUND"]);
  });

  test("a body that is no JSON, as the protocol's own client knows it", async () => {
    const fetchImpl: typeof fetch = (input, init) => fetch(input, init?.body ? { ...init, body: "{" } : init);
    const factory = new ClientFactory({
      transports: [new RestTransportFactory({ fetchImpl })],
      cardResolver: new DefaultAgentCardResolver({ fetchImpl }),
    });
    const client = await factory.createFromUrl(serving.url, "/a2a/echo/.well-known/agent-card.json");
    await expect(client.sendMessage(say("Hi"))).rejects.toBeInstanceOf(RestRequestMalformedError);
  });

  test("a badly encoded path over HTTP+JSON, with the reason", async () => {
    const { body } = await ask("/a2a/echo/v1/tasks/%zz");
    expect(body.error.details).toMatchObject([{ reason: "INVALID_PARAMS", domain: "a2a-protocol.org" }]);
  });
});
