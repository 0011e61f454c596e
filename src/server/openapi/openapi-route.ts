import type { JsonObject } from "../../base/json.js";
import { openAiChat } from "../../dialects/openai-chat/openai-chat.js";
import { jsonReply } from "../call.js";
import type { Route } from "../route.js";
import { A2A } from "./a2a-operations.js";
import { OPENAI } from "./openai-operations.js";
import { OWN } from "./own-operations.js";
import type { Operation } from "./schema.js";
import { VENDORS } from "./vendor-operations.js";

const OPERATIONS: Readonly<Record<string, Operation>> = { ...OPENAI, ...VENDORS, ...A2A, ...OWN };

/** The document of a server's own paths (OpenAPI 3.1): what they do, what they take, and what they answer. */
export function openApiRoute(routes: readonly Route[]): Route {
  const route: Route = {
    method: "GET",
    path: "/openapi.json",
    errors: openAiChat,
    summary: "This document",
    handle: async () => jsonReply(openApiDocument([...routes, route])),
  };
  return route;
}

function openApiDocument(routes: readonly Route[]): JsonObject {
  const paths: Record<string, JsonObject> = {};
  for (const route of routes) {
    const path = route.path.replace(/\/:(\w+)/g, "/{$1}").replace(/\*$/, "{name}");
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operationOf(route, path) };
  }
  return {
    openapi: "3.1.0",
    info: { title: "Sluice", version: "1" },
    security: [{ bearer: [] }, {}],
    components: { securitySchemes: { bearer: { type: "http", scheme: "bearer" } } },
    paths,
  };
}

function operationOf({ method, summary, open }: Route, path: string): JsonObject {
  const operation = OPERATIONS[`${method} ${path}`] ?? {};
  const named = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => {
    return { name, in: "path", required: true, schema: { type: "string" } };
  });
  const asked = Object.entries(operation.query ?? {}).map(([name, schema]) => ({ name, in: "query", schema }));
  const parameters = [...named, ...asked];
  const { body, example } = operation;
  const content = { "application/json": { schema: body ?? {}, ...(example !== undefined && { example }) } };
  return {
    summary,
    ...(parameters.length > 0 && { parameters }),
    ...(open && { security: [] }),
    ...(body && { requestBody: { required: true, content } }),
    responses: responsesOf(operation),
  };
}

const STREAMS = { sse: "text/event-stream", ndjson: "application/x-ndjson" };

function responsesOf({ status = 200, json, stream, media }: Operation): JsonObject {
  const failed = {
    description: "An error, as the path's protocol has it",
    content: { "application/json": { schema: {} } },
  };
  const content: JsonObject = {
    ...(json && { "application/json": { schema: json } }),
    ...(stream && { [STREAMS[stream]]: { schema: { type: "string" } } }),
    ...(media !== undefined && { [media]: { schema: {} } }),
  };
  const success = { description: "Success", ...(Object.keys(content).length > 0 && { content }) };
  // A path that only ever refuses has no success to describe.
  if (status >= 400) return { [status]: failed, default: failed };
  const streamed = status === 204 ? { 200: success, 204: { description: "Nothing" } } : { [status]: success };
  return { ...streamed, default: failed };
}
