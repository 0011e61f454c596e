import {
  anything,
  count,
  either,
  exact,
  filled,
  flag,
  HELLO,
  list,
  number,
  type Operation,
  object,
  record,
  text,
  word,
} from "./schema.js";

const runState = word("running", "finished", "failed");
const pages = { limit: count, after: text };

const conversation = object(
  { id: text, createdAt: either(text, number), updatedAt: either(text, number), version: count, metadata: record },
  { title: text, head: either(text, { type: "null" }) },
);
const turn = exact(
  {},
  {
    model: filled,
    input: either(filled, record, list(record, 1)),
    edit: filled,
    regenerate: either(flag, filled),
    system: text,
    request: record,
    metadata: record,
    background: flag,
  },
);

const graph = object({ nodes: list(record), edges: list(record) });
const workflow = object({ name: text, inputs: record }, { description: text });
const workflowRun = object(
  { id: text, workflow: text, served: flag, status: text, waitsFor: count },
  { createdAt: anything, updatedAt: anything, error: record },
);
const goesOn = { background: flag };
const DOCUMENT = { steps: [{ id: "say", type: "output", inputs: { text: "Hello" } }] };

/** Paths of Sluice's own. */
export const OWN: Readonly<Record<string, Operation>> = {
  "POST /v1/runs": {
    // The rest of a request is as `ChatRequest` has it.
    body: object(
      { model: text, messages: list(object({ role: word("system", "user", "assistant", "tool") })) },
      { stream: flag, background: flag, thread: filled, run: filled, temperature: number, maxTokens: number },
    ),
    example: { model: "echo", messages: HELLO, stream: false },
    json: object({ message: record, reason: text, usage: record }),
    stream: "sse",
  },
  "GET /v1/runs/{run}": {
    json: object(
      { run: text, state: runState, first: count, next: count, startedAt: count, model: text },
      { endedAt: count },
    ),
  },
  "GET /v1/runs/{run}/stream": { query: { after: { type: "integer", minimum: -1 } }, stream: "sse" },
  "POST /v1/runs/{run}/stop": { json: object({ stopped: flag }) },
  "DELETE /v1/runs/{run}": { json: object({ forgotten: flag }) },
  "GET /v1/routes": { json: object({ routes: list(record) }) },
  "GET /healthz": { json: object({ status: word("ok") }) },
  "GET /readyz": { json: object({ status: word("ready"), models: count }) },
  "GET /metrics": { media: "text/plain" },
  "GET /v1/monitoring": { json: object({ points: list(record), state: record }) },
  "GET /v1/monitoring/stream": { stream: "sse" },
  "GET /v1/monitoring/runs/{run}": { json: object({ run: text, timeline: anything }) },
  "GET /v1/conversations": {
    query: { ...pages, search: text },
    json: object({ data: list(object({ id: text })) }, { next: text }),
  },
  "POST /v1/conversations": {
    body: exact({}, { id: filled, title: filled, metadata: record, import: either(text, record) }),
    example: { title: "A talk" },
    status: 201,
    json: conversation,
  },
  "GET /v1/conversations/{id}": {
    query: { limit: count, before: text, branches: word("current", "all") },
    json: conversation,
  },
  "PATCH /v1/conversations/{id}": {
    body: exact({}, { title: filled, metadata: record, head: filled }),
    example: { title: "Another title" },
    json: conversation,
  },
  "DELETE /v1/conversations/{id}": { json: object({ id: text, deleted: flag }) },
  "POST /v1/conversations/{id}/turns": { body: turn, example: { input: "Hello" }, stream: "sse" },
  "POST /v1/conversations/{id}/messages": {
    body: exact({ message: record }, { metadata: record }),
    example: { message: { role: "user", content: "Hello" } },
    status: 201,
    json: object({ id: text }),
  },
  "POST /v1/conversations/{id}/heard": {
    body: exact({ message: filled, chars: count }),
    json: object({ message: either(text, { type: "null" }) }),
  },
  "POST /v1/conversations/{id}/fork": {
    body: exact({}, { id: filled, title: filled, message: filled }),
    example: { title: "A fork" },
    status: 201,
    json: conversation,
  },
  "GET /v1/conversations/{id}/export": {
    query: { format: word("json", "markdown", "text") },
    media: "application/json",
  },
  "GET /v1/workflows": { json: object({ data: list(workflow), documents: flag }) },
  "GET /v1/workflows/{name}": {
    json: object({ name: text, inputs: record, document: record, warnings: list(record), graph }),
  },
  "GET /v1/workflow-schema": { json: record },
  "GET /v1/workflow-templates": { json: object({ data: list(object({ name: text, document: record })) }) },
  "POST /v1/workflow-check": {
    body: exact({ document: anything }),
    example: { document: DOCUMENT },
    json: object({ diagnostics: list(record) }, { name: text, inputs: record, graph }),
  },
  "POST /v1/workflows/{name}/runs": { body: exact({}, { inputs: record, ...goesOn }), example: {}, stream: "sse" },
  "POST /v1/workflow-runs": {
    body: exact({ document: anything }, { inputs: record, ...goesOn }),
    example: { document: DOCUMENT },
    stream: "sse",
  },
  "GET /v1/workflow-runs": {
    query: { ...pages, workflow: text, status: word("running", "waiting", "completed", "failed", "cancelled") },
    json: object({ data: list(workflowRun) }, { next: text }),
  },
  "GET /v1/workflow-runs/{id}": {
    json: object({
      id: text,
      status: text,
      inputs: record,
      document: record,
      questions: list(record),
      steps: list(record),
    }),
  },
  "POST /v1/workflow-runs/{id}/answers": { body: exact({ answers: record }, goesOn), stream: "sse" },
  "POST /v1/workflow-runs/{id}/resume": { body: exact({}, goesOn), stream: "sse" },
  "POST /v1/workflow-runs/{id}/rerun": {
    body: exact({ from: filled }, goesOn),
    example: { from: "say" },
    stream: "sse",
  },
  "POST /v1/workflow-runs/{id}/cancel": { json: object({ id: text, status: text }) },
  "GET /openapi.json": { json: object({ openapi: text, info: record, paths: record }) },
};
