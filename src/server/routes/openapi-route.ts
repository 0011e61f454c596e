import { openAiChat } from "../../dialects/openai-chat/openai-chat.js";
import { jsonReply } from "../call.js";
import type { Route } from "../route.js";

/** The document of a server's own paths (OpenAPI 3.1): where they are and what they do; bodies are those of each protocol. */
export function openApiRoute(routes: readonly Route[]): Route {
  return {
    method: "GET",
    path: "/openapi.json",
    errors: openAiChat,
    summary: "This document",
    handle: async () =>
      jsonReply({ openapi: "3.1.0", info: { title: "Sluice", version: "1" }, paths: pathsOf(routes) }),
  };
}

function pathsOf(routes: readonly Route[]): Record<string, Record<string, object>> {
  const paths: Record<string, Record<string, object>> = {};
  for (const { method, path, summary, open } of routes) {
    const named = path.replace(/:(\w+)/g, "{$1}").replace(/\*$/, "{name}");
    const parameters = [...named.matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => {
      return { name, in: "path", required: true, schema: { type: "string" } };
    });
    const operation = {
      summary,
      ...(parameters.length > 0 && { parameters }),
      ...(open && { security: [] }),
      responses: { default: { description: "As the protocol has it" } },
    };
    paths[named] = { ...paths[named], [method.toLowerCase()]: operation };
  }
  return paths;
}
