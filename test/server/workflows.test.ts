import { afterAll, beforeAll, expect, test } from "vitest";
import type { JsonObject } from "../../src/base/json.js";
import { defineModel } from "../../src/models/define-model.js";
import { createApiKey } from "../../src/server/protect/api-key.js";
import type { ChatEvent } from "../../src/stream/chat-event.js";
import { textOf } from "../../src/stream/message.js";
import { MemoryEngine } from "../../src/workflows/engines/memory-engine.js";
import { loadWorkflow } from "../../src/workflows/workflow.js";
import { deferred } from "../support/deferred.js";
import { readRun } from "./read-run.js";
import { type Serving, serve } from "./serve.js";

let gate = deferred();
/** Writes what it is asked, and waits before the end where it is told to. */
const writer = defineModel({
  id: "writer",
  async *stream({ messages }, { signal }) {
    const text = textOf(messages.at(-1) ?? { role: "user", content: "" });
    yield "Note: ";
    if (text.includes("slow")) {
      await Promise.race([gate.promise, new Promise((resolve) => signal.addEventListener("abort", resolve))]);
    }
    yield text;
  },
});

const APPROVAL = {
  name: "note",
  description: "Writes a note and asks.",
  inputs: { topic: { type: "string" } },
  steps: [
    { id: "draft", type: "llm_chat", inputs: { message: "about {topic}" } },
    {
      id: "review",
      type: "human_approval",
      config: { prompt: "Keep it?", timeout_seconds: 0 },
      inputs: { note: { from_step: "draft", field: "response" } },
      routes: { approve: "kept", reject: "dropped" },
    },
    {
      id: "kept",
      type: "output",
      config: { format: "text" },
      inputs: { note: { from_step: "draft", field: "response" } },
    },
    { id: "dropped", type: "output", config: { format: "text" }, inputs: { message: "Dropped." } },
  ],
};

const keys = { anna: createApiKey(), ben: createApiKey(), bound: createApiKey() };
const engine = new MemoryEngine();
let serving: Serving;
beforeAll(async () => {
  const services = { models: { "*": writer } };
  serving = await serve({
    models: { writer },
    workflows: { note: await loadWorkflow(APPROVAL, services) },
    engine,
    documents: services,
    keys: Object.entries(keys).map(([name, { hash }]) => ({
      name,
      hash,
      ...(name === "bound" && { models: ["writer"] }),
    })),
  });
});
afterAll(() => serving.close());

function ask(who: keyof typeof keys, method: string, path: string, body?: object): Promise<Response> {
  const headers = { authorization: `Bearer ${keys[who].key}` };
  return fetch(`${serving.url}/v1/${path}`, { method, headers, ...(body && { body: JSON.stringify(body) }) });
}
const json = async (response: Promise<Response>) => (await (await response).json()) as JsonObject;
const idOf = (response: Response) => response.headers.get("x-sluice-workflow-run") ?? "";
const steps = (events: readonly ChatEvent[]) =>
  events.flatMap((event) =>
    event.type === "data" && event.name === "workflow/step" ? [event.value as JsonObject] : [],
  );

test("workflows are listed with what they take, and shown with their graph", async () => {
  expect(await json(ask("anna", "GET", "workflows"))).toEqual({
    documents: true,
    data: [
      {
        name: "note",
        description: "Writes a note and asks.",
        inputs: { type: "object", properties: { topic: { type: "string" } }, required: ["topic"] },
      },
    ],
  });
  const note = await json(ask("anna", "GET", "workflows/note"));
  expect(note).toMatchObject({
    document: APPROVAL,
    graph: { nodes: [{ id: "draft", type: "llm_chat" }, { id: "review" }, { id: "kept" }, { id: "dropped" }] },
  });
  expect((note.graph as JsonObject).edges).toContainEqual({
    from: "review",
    to: "kept",
    label: "approve",
    kind: "route",
  });
  expect(await json(ask("bound", "GET", "workflows"))).toEqual({ data: [], documents: false });
  expect((await ask("bound", "GET", "workflows/note")).status).toBe(403);
  expect((await ask("anna", "GET", "workflows/other")).status).toBe(404);
});

test("a run streams its steps, waits for an answer and goes on with it in place", async () => {
  const begun = await ask("anna", "POST", "workflows/note/runs", { inputs: { topic: "locks" } });
  const id = idOf(begun);
  const first = await readRun(begun);
  const nested = first.events.flatMap((event) => (event.type === "nested" ? [event] : []));
  expect(new Set(nested.map(({ from }) => from))).toEqual(new Set(["draft"]));
  expect(nested.map(({ event }) => (event.type === "text-delta" ? event.text : "")).join("")).toBe("Note: about locks");
  const request = first.events.find((event) => event.type === "input-request");
  expect(request).toMatchObject({ kind: "question", message: "Keep it?" });
  expect(first.events.at(-1)).toMatchObject({ type: "finish", reason: "input-required" });
  const waiting = await json(ask("anna", "GET", `workflow-runs/${id}`));
  expect(waiting).toMatchObject({
    status: "waiting",
    workflow: "note",
    inputs: { topic: "locks" },
    given: { draft: { message: "about locks" }, review: { note: "Note: about locks" } },
    questions: [{ message: "Keep it?", step: "review", shown: { note: "Note: about locks" } }],
    steps: [{ key: "draft", status: "completed", results: { response: "Note: about locks" } }],
    run: { id: first.run, state: "finished" },
  });
  const [question] = waiting.questions as { id: string }[];
  const wrong = { answers: { [question?.id ?? ""]: "perhaps" } };
  expect((await ask("anna", "POST", `workflow-runs/${id}/answers`, wrong)).status).toBe(400);
  const answers = { answers: { [question?.id ?? ""]: { decision: "approve" } } };
  const going = await ask("anna", "POST", `workflow-runs/${id}/answers`, answers);
  expect(idOf(going)).toBe(id);
  const second = await readRun(going);
  expect(second.text).toBe("Note: about locks");
  expect(steps(second.events)).toContainEqual(expect.objectContaining({ step: "draft", state: "resumed" }));
  expect(await json(ask("anna", "GET", `workflow-runs/${id}`))).toMatchObject({ status: "completed", questions: [] });
  const again = await ask("anna", "POST", `workflow-runs/${id}/answers`, answers);
  expect([again.status, await again.text()]).toEqual([409, expect.stringContaining("was answered")]);
  // Again, from a step.
  const third = await readRun(await ask("anna", "POST", `workflow-runs/${id}/rerun`, { from: "review" }));
  expect(third.events.at(-1)).toMatchObject({ reason: "input-required" });
  expect((await ask("anna", "POST", `workflow-runs/${id}/rerun`, { from: "reviw" })).status).toBe(404);
  const dropped = { answers: { [question?.id ?? ""]: "reject" } };
  expect((await readRun(await ask("anna", "POST", `workflow-runs/${id}/answers`, dropped))).text).toBe("Dropped.");
});

test("a run goes on without its reader, is read again, and is cancelled", async () => {
  gate = deferred();
  const started = await ask("anna", "POST", "workflows/note/runs", { inputs: { topic: "slow" }, background: true });
  const id = idOf(started);
  const { run } = (await started.json()) as { run: string };
  const begun = await readRun(await ask("anna", "GET", `runs/${run}/stream`), "nested");
  expect(begun.events.length).toBeGreaterThan(0);
  expect(await json(ask("anna", "GET", `workflow-runs/${id}`))).toMatchObject({
    status: "running",
    run: { id: run, state: "running" },
  });
  expect((await ask("anna", "POST", `workflow-runs/${id}/resume`, {})).status).toBe(409);
  expect(await json(ask("anna", "POST", `workflow-runs/${id}/cancel`))).toEqual({ id, status: "cancelled" });
  expect((await readRun(await ask("anna", "GET", `runs/${run}/stream`))).error).toMatchObject({ code: "cancelled" });
  expect((await ask("anna", "POST", `workflow-runs/${id}/resume`, {})).status).toBe(409);
  gate.resolve();
});

test("runs are listed by pages, each caller's own, those that other protocols began as well", async () => {
  const ids: string[] = [];
  for (const topic of ["a", "b", "c"]) {
    const begun = await ask("ben", "POST", "workflows/note/runs", { inputs: { topic } });
    ids.push(idOf(begun));
    await readRun(begun);
  }
  const chat = { model: "note", messages: [{ role: "user", content: "d" }] };
  expect((await ask("ben", "POST", "chat/completions", chat)).status).toBe(200);
  const first = await json(ask("ben", "GET", "workflow-runs?limit=3&workflow=note"));
  const rest = await json(ask("ben", "GET", `workflow-runs?limit=3&after=${String(first.next)}`));
  const all = [first.data, rest.data].flat() as JsonObject[];
  expect(all).toHaveLength(4);
  expect(all.map(({ id }) => id)).toEqual(expect.arrayContaining(ids));
  expect(all.every(({ status, waitsFor, served }) => status === "waiting" && waitsFor === 1 && served === true)).toBe(
    true,
  );
  expect((await json(ask("ben", "GET", "workflow-runs?status=completed"))).data).toEqual([]);
  const [id] = ids;
  for (const [method, way, body] of [
    ["GET", "", undefined],
    ["POST", "/answers", { answers: { x: "approve" } }],
    ["POST", "/resume", {}],
    ["POST", "/rerun", { from: "draft" }],
    ["POST", "/cancel", undefined],
  ] as const) {
    expect([way, (await ask("anna", method, `workflow-runs/${id}${way}`, body)).status]).toEqual([way, 404]);
  }
});

test("a document is checked as a whole, and run where the server allows it", async () => {
  const bad = { steps: [{ id: "a", type: "llm_chatt", inputs: { message: "{b}" } }] };
  const { diagnostics } = (await json(ask("bound", "POST", "workflow-check", { document: bad }))) as {
    diagnostics: JsonObject[];
  };
  expect(diagnostics[0]).toMatchObject({ severity: "error", path: "steps[0].type", code: "unknown-step-type" });
  const text = JSON.stringify({ ...APPROVAL, name: "mine" });
  expect(await json(ask("anna", "POST", "workflow-check", { document: text }))).toMatchObject({
    diagnostics: [],
    name: "mine",
    graph: { nodes: expect.any(Array) },
  });
  const body = { document: text, inputs: { topic: "x" } };
  expect((await ask("bound", "POST", "workflow-runs", body)).status).toBe(403);
  expect((await ask("anna", "POST", "workflow-runs", { document: bad })).status).toBe(400);
  const begun = await ask("anna", "POST", "workflow-runs", body);
  await readRun(begun);
  const run = await json(ask("anna", "GET", `workflow-runs/${idOf(begun)}`));
  expect(run).toMatchObject({ workflow: "mine", served: false, status: "waiting" });
  const [question] = run.questions as { id: string }[];
  const answers = { answers: { [question?.id ?? ""]: "approve" } };
  expect((await readRun(await ask("anna", "POST", `workflow-runs/${idOf(begun)}/answers`, answers))).text).toBe(
    "Note: about x",
  );
});

test("a document that has the name of a served workflow gets nothing of what that one may use", async () => {
  const secret = await loadWorkflow(
    { name: "note", steps: [{ id: "a", type: "function", config: { function: "secret" } }] },
    { functions: { secret: () => "served" } },
  );
  const strict = await serve({ workflows: { note: secret }, documents: { models: { "*": writer } } });
  try {
    const body = JSON.stringify({ document: { name: "note", steps: secret.document.steps } });
    const begun = await fetch(`${strict.url}/v1/workflow-runs`, { method: "POST", body });
    const { error } = await readRun(begun);
    expect(error?.message).toContain("secret");
    const id = idOf(begun);
    const again = await fetch(`${strict.url}/v1/workflow-runs/${id}/resume`, { method: "POST", body: "{}" });
    expect((await readRun(again)).error?.message).toContain("secret");
  } finally {
    await strict.close();
  }
});

test("an editor gets the format's schema and documents to begin with", async () => {
  expect(await json(ask("anna", "GET", "workflow-schema"))).toMatchObject({ title: "Sluice workflow" });
  const { data } = (await json(ask("anna", "GET", "workflow-templates"))) as { data: JsonObject[] };
  expect(data.map(({ name }) => name)).toContain("approval");
});

test.each([
  ["workflows/note/runs", { inputs: {} }, 400, "inputs.topic"],
  ["workflows/note/runs", { inputs: { topic: 1 } }, 400, "inputs.topic"],
  ["workflows/note/runs", { input: {} }, 400, "input"],
  ["workflow-runs", {}, 400, "document"],
  ["workflow-runs/none/resume", {}, 404, "runId"],
])("%s with %j is refused with %i", async (path, body, status, field) => {
  const response = await ask("anna", "POST", path, body);
  expect([response.status, await response.json()]).toMatchObject([status, { error: { field } }]);
});

test("an option that is misspelt, or that workflows cannot use, is refused", async () => {
  const refused = (options: unknown) => serve(options as Parameters<typeof serve>[0]);
  await expect(refused({ documents: { modles: {} } })).rejects.toMatchObject({ field: "documents.modles" });
  await expect(refused({ engine: {} })).rejects.toMatchObject({ field: "engine" });
  await expect(refused({ workflows: { a: 1 } })).rejects.toMatchObject({ field: "workflows.a" });
});
