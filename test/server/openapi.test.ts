import { Ajv2020 } from "ajv/dist/2020.js";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { MemoryStore } from "../../src/chat/stores/memory-store.js";
import { echo } from "../../src/models/echo.js";
import type { EmbeddingModel } from "../../src/models/embeddings/embedding-model.js";
import { createServer, type SluiceServer } from "../../src/server/create-server.js";
import { loadWorkflow } from "../../src/workflows/workflow.js";
import { TestVoice } from "../speech/test-voice.js";

interface Media {
  schema: object & { required?: string[]; properties?: Record<string, object> };
  example?: object;
}
interface Operation {
  requestBody?: { content: { "application/json": Media } };
  responses: Record<string, { content?: Record<string, Media> }>;
}
interface TaskSent {
  task: { id: string };
}
interface Document {
  openapi: string;
  paths: Record<string, Record<string, Operation>>;
}

const vectors: EmbeddingModel = {
  id: "test/vectors",
  maxTexts: 8,
  embedTexts: async (texts) => ({ vectors: texts.map((text) => [text.length]), usage: { inputTokens: 1 } }),
};
const workflow = await loadWorkflow({ name: "say", steps: [{ id: "say", type: "output", inputs: { text: "Hello" } }] });
const server: SluiceServer = await createServer({
  models: { echo: echo({ tokensPerSecond: Number.POSITIVE_INFINITY }) },
  agents: { agent: echo({ id: "agent", tokensPerSecond: Number.POSITIVE_INFINITY }) },
  workflows: { say: workflow },
  documents: {},
  conversations: new MemoryStore(),
  embeddings: { vectors },
  pushNotifications: {},
  voices: { alloy: new TestVoice({ chunks: 1 }) },
});
afterAll(() => server.close());

const call = (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) =>
  server.fetch(
    new Request(`http://localhost${path}`, {
      method,
      headers,
      ...(body !== undefined && { body: typeof body === "string" ? body : JSON.stringify(body) }),
    }),
  );

const document = (await (await call("GET", "/openapi.json")).json()) as Document;
const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ name: `${method.toUpperCase()} ${path}`, operation })),
);
const ajv = new Ajv2020({ strict: true, strictRequired: false, allowUnionTypes: true });

/** What stands in the braces of a path. */
const ids: Record<string, string> = {};
beforeAll(async () => {
  const said = [{ role: "user", content: "Hello" }];
  const idOf = async (answer: Response | Promise<Response>, header: string) => {
    const got = await answer;
    await got.text();
    return got.headers.get(header) ?? "";
  };
  ids.run = await idOf(call("POST", "/v1/runs", { model: "echo", messages: said }), "x-sluice-run");
  const created = await call("POST", "/v1/responses", { model: "echo", input: "Hello", background: true });
  ids.response = ((await created.json()) as { id: string }).id;
  ids.conversation = ((await (await call("POST", "/v1/conversations", {})).json()) as { id: string }).id;
  const a2a = { "a2a-version": "1.0" };
  const message = { messageId: "m1", role: "ROLE_USER", parts: [{ text: "Hello" }] };
  const sent = (await (await call("POST", "/a2a/echo/v1/message:send", { message }, a2a)).json()) as TaskSent;
  ids.task = sent.task.id;
  const told = { url: "https://example.com/told" };
  const configs = `/a2a/echo/v1/tasks/${ids.task}/pushNotificationConfigs`;
  ids.config = ((await (await call("POST", configs, told, a2a)).json()) as { id: string }).id;
  ids.workflowRun = await idOf(call("POST", "/v1/workflows/say/runs", {}), "x-sluice-workflow-run");
});

function addressOf(method: string, path: string): string {
  const name = path.includes("conversation/{name}") || path.includes("a2a") ? "echo" : "say";
  return path
    .replace("/v1/responses/{id}", `/v1/responses/${ids.response}`)
    .replace("/v1/conversations/{id}", `/v1/conversations/${ids.conversation}`)
    .replace("/v1/workflow-runs/{id}", `/v1/workflow-runs/${ids.workflowRun}`)
    .replace("{run}", ids.run ?? "")
    .replace("/models/{name}", `/models/echo${method === "POST" ? ":generateContent" : ""}`)
    .replace("{name}", name)
    .replace("{task}", ids.task ?? "")
    .replace("{config}", ids.config ?? "")
    .replace("{id}", "chat-1");
}

/** Headers that a protocol wants. */
const headersFor = (path: string): Record<string, string> => {
  if (path.startsWith("/a2a")) return { "content-type": "application/json", "a2a-version": "1.0" };
  return {};
};

const split = (name: string) => name.split(" ") as [string, string];
/** What ends or forgets something comes last. */
const order = ({ name }: { name: string }) => (name.startsWith("DELETE") ? 2 : /\/(cancel|stop)$/.test(name) ? 1 : 0);
const inOrder = [...operations].sort((a, b) => order(a) - order(b));
/** What would never end, or needs what is not JSON. */
const ALONE = ["GET /v1/monitoring/stream", "POST /v1/audio/transcriptions"];
/** Whose body depends on what was there before. */
const NEEDS_MORE = ["POST /v1/conversations/{id}/heard", "POST /v1/workflow-runs/{id}/answers"];
/** What the state of this server does not allow: a run that is over does not go on, and is not remembered as slow or failed. */
const NOT_NOW = [
  "POST /a2a/{name}/v1/tasks/{task}",
  "POST /v1/workflow-runs/{id}/resume",
  "POST /v1/responses/{id}/cancel",
];

test("every path says what it takes and what it answers, in schemas that are some", () => {
  expect(document.openapi).toBe("3.1.0");
  for (const { name, operation } of operations) {
    const { default: _, ...answers } = operation.responses;
    const described = Object.entries(answers).filter(
      ([status, { content }]) => content !== undefined || status === "204" || status === "405",
    );
    expect(described.length, name).toBeGreaterThan(0);
    for (const { content = {} } of Object.values(answers)) {
      for (const { schema } of Object.values(content)) expect(() => ajv.compile(schema), name).not.toThrow();
    }
    const takes = operation.requestBody?.content["application/json"];
    if (takes !== undefined) {
      expect(() => ajv.compile(takes.schema), name).not.toThrow();
      if (takes.example !== undefined)
        expect(ajv.validate(takes.schema, takes.example), `${name} ${ajv.errorsText()}`).toBe(true);
      else expect([...NEEDS_MORE, ...NOT_NOW], name).toContain(name);
    }
  }
});

const tried = inOrder.filter(
  ({ name, operation }) =>
    ![...ALONE, ...NEEDS_MORE].includes(name) && !(NOT_NOW.includes(name) && exampleOf(operation) === undefined),
);

describe.each(tried)("$name", ({ name, operation }) => {
  const [method, path] = split(name);
  const takes = operation.requestBody?.content["application/json"];

  if (!NOT_NOW.includes(name))
    test("answers as the document says", async () => {
      const got = await call(method, addressOf(method, path), takes?.example, headersFor(path));
      const body = await got.text();
      const answer = operation.responses[String(got.status)];
      expect(answer, `${got.status} ${body.slice(0, 300)}`).toBeDefined();
      if (got.status === 204 || got.status === 405) return;
      const type = got.headers.get("content-type")?.split(";", 1)[0] ?? "";
      const media = answer?.content?.[type];
      expect(media, type).toBeDefined();
      if (type !== "application/json" || media === undefined) return;
      expect(ajv.validate(media.schema, JSON.parse(body)), `${ajv.errorsText()} ${body.slice(0, 300)}`).toBe(true);
    });

  const changed = Object.entries(takes?.example === undefined ? {} : wrongBodies(takes));
  if (changed.length > 0)
    test("refuses what the document does not allow", async () => {
      for (const [what, body] of changed) {
        if (ajv.validate(takes?.schema ?? {}, body)) continue;
        const got = await call(method, addressOf(method, path), body, headersFor(path));
        const text = await got.text();
        // JSON-RPC says its errors in a body whose status is 200.
        const refused = got.status >= 400 || /"error":\{/.test(text);
        expect(refused, `${what}: ${got.status} ${text.slice(0, 200)}`).toBe(true);
      }
    });
});

function exampleOf({ requestBody }: Operation): unknown {
  return requestBody?.content["application/json"]?.example;
}

/** The example with one thing wrong in each: a required field left out, a field of another kind, a field that there is not. */
function wrongBodies({ schema, example }: Media): Record<string, unknown> {
  const wrong: Record<string, unknown> = { "no object": "text", "an unknown field": { ...example, [UNKNOWN]: 1 } };
  for (const name of schema.required ?? []) {
    const { [name]: _, ...rest } = example as Record<string, unknown>;
    wrong[`without ${name}`] = rest;
  }
  for (const name of Object.keys(schema.properties ?? {})) {
    for (const value of [7, true, "text", {}, [], [7]])
      wrong[`${name}: ${JSON.stringify(value)}`] = { ...example, [name]: value };
  }
  return wrong;
}

const UNKNOWN = "noSuchField";
