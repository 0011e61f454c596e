import { anything, either, list, number, type Operation, object, record, text, wire, word } from "./schema.js";

const message = { messageId: "m1", role: "ROLE_USER", parts: [{ text: "Hello" }] };

const rpc: Operation = {
  body: object({ jsonrpc: word("2.0"), method: text }, { id: either(text, number), params: record }),
  example: { jsonrpc: "2.0", id: 1, method: "SendMessage", params: { message } },
  json: object({ jsonrpc: word("2.0") }, { id: anything, result: record, error: record }),
  stream: "sse",
};
const card: Operation = { json: object({ name: text, description: text, skills: list(record) }) };

/** The media type of the HTTP+JSON binding (A2A 1.0, 11.1). */
const media = "application/a2a+json";
const sent = { body: wire({ message: record }), example: { message } };
const tasks = "/a2a/{name}/v1/tasks";

/** Paths of A2A. */
export const A2A: Readonly<Record<string, Operation>> = {
  "GET /.well-known/agent-card.json": card,
  "GET /a2a/{name}/.well-known/agent-card.json": card,
  "POST /a2a": rpc,
  "POST /a2a/{name}": rpc,
  "POST /a2a/{name}/v1/message:send": { ...sent, media },
  "POST /a2a/{name}/v1/message:stream": { ...sent, stream: "sse" },
  [`GET ${tasks}`]: {
    query: { contextId: text, status: text, pageSize: number, pageToken: text, historyLength: number },
    media,
  },
  [`GET ${tasks}/{task}`]: { query: { historyLength: number }, media, stream: "sse" },
  [`POST ${tasks}/{task}`]: { media, stream: "sse" },
  [`POST ${tasks}/{task}/pushNotificationConfigs`]: {
    body: wire({ url: text }),
    example: { url: "https://example.com/told" },
    status: 201,
    media,
  },
  [`GET ${tasks}/{task}/pushNotificationConfigs`]: { media },
  [`GET ${tasks}/{task}/pushNotificationConfigs/{config}`]: { media },
  [`DELETE ${tasks}/{task}/pushNotificationConfigs/{config}`]: { status: 204 },
};
