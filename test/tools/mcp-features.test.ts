import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { afterAll, afterEach, describe, expect, test } from "vitest";
import { scripted } from "../../src/models/scripted.js";
import type { ChatEvent } from "../../src/stream/chat-event.js";
import type { ChatMessage } from "../../src/stream/message.js";
import { openRequests } from "../../src/tools/history.js";
import { answer, responseMessage } from "../../src/tools/input-response.js";
import type { McpElicitation, McpElicitationAnswer } from "../../src/tools/mcp/mcp-elicitation.js";
import type { McpSamplingRequest } from "../../src/tools/mcp/mcp-sampling.js";
import { type McpTools, mcpTools } from "../../src/tools/mcp/mcp-tools.js";
import type { McpToolsOptions } from "../../src/tools/mcp/mcp-tools-options.js";
import { withTools } from "../../src/tools/with-tools.js";
import { call, namesOf, outputOf } from "./call-tool.js";

const EVERYTHING = createRequire(import.meta.url).resolve("@modelcontextprotocol/server-everything/dist/index.js");

const SERVER = { command: process.execPath, args: [EVERYTHING, "stdio"] };

const opened: McpTools[] = [];
afterEach(async () => {
  for (const server of opened.splice(0)) await server.close();
});

/** The official everything server. It has a tool for each thing that its client offers, and only for those. */
function everything(options: McpToolsOptions): McpTools {
  const server = mcpTools({ ...SERVER, ...options });
  opened.push(server);
  return server;
}

test("what is not offered is not asked for", async () => {
  const names = await namesOf(everything({}));
  expect(names).toContain("echo");
  const asking = ["get-roots-list", "trigger-elicitation-request", "trigger-sampling-request"];
  expect(names.filter((name) => asking.includes(name))).toEqual([]);
});

test("the server is told its roots", async () => {
  const roots = ["/home/ann/my files", { path: new URL("file:///srv/data"), name: "Data" }];
  const output = await outputOf(everything({ roots }), "get-roots-list");
  expect(output).toContain(`1. Unnamed Root\n   URI: ${pathToFileURL("/home/ann/my files").href}`);
  expect(output).toContain("2. Data\n   URI: file:///srv/data");
});

test("a form can be a question of the stream, answered by a message and asked for once", async () => {
  const server = everything({ onElicitation: "ask" });
  const messages: ChatMessage[] = [{ role: "user", content: "Go." }];
  const calling: ChatEvent = { type: "tool-call", callId: "a", name: "trigger-elicitation-request", input: {} };
  const first = withTools(scripted([[calling]]), [server]).stream({ messages });
  expect(await first.finishReason).toBe("input-required");
  messages.push(...(await first.messages));
  const [request] = openRequests(messages);
  expect(request).toMatchObject({ kind: "question", message: "Please provide inputs for the following fields:" });
  messages.push(responseMessage(answer(request?.id ?? "", { name: "Anna", check: true })));
  const second = withTools(scripted([["Done."]]), [server]).stream({ messages });
  expect(await second.fullText).toBe("Done.");
  expect(JSON.stringify(await second.messages)).toContain("- Name: Anna");
});

describe("elicitation", () => {
  const asked: McpElicitation[] = [];
  let answer: unknown;
  const server = mcpTools({
    ...SERVER,
    onElicitation: async (request) => {
      asked.push(request);
      return answer as McpElicitationAnswer;
    },
  });
  afterAll(() => server.close());
  const answering = (next: unknown) => {
    answer = next;
    return server;
  };

  test("a form is filled in", async () => {
    const results = await call(
      answering({ action: "accept", content: { name: "Anna", check: true } }),
      "trigger-elicitation-request",
    );
    expect(JSON.stringify(results)).toContain("- Name: Anna\\n- Agreed to terms: true");
    expect(asked.at(-1)).toMatchObject({
      mode: "form",
      message: "Please provide inputs for the following fields:",
      schema: { type: "object", properties: { name: { type: "string" } }, required: ["name"] },
    });
  });

  test.each([["decline"], ["cancel"]])("%s is told to the server", async (action) => {
    const results = await call(answering({ action }), "trigger-elicitation-request");
    expect(JSON.stringify(results)).toMatch(action === "decline" ? /declined/ : /cancelled/);
  });

  test.each<[unknown, string]>([
    [{ action: "accept", content: { name: 5 } }, "onElicitation: content: name: "],
    [{ action: "accept" }, "onElicitation: content: name: "],
    [{ action: "yes" }, 'onElicitation: found \\"yes\\"; allowed: an action accept, decline or cancel'],
    [undefined, "onElicitation: found nothing"],
  ])("%j does not reach the server", async (wrong, message) => {
    const results = await call(answering(wrong), "trigger-elicitation-request");
    expect(JSON.stringify(results)).toContain(message);
    expect(results.at(-1)).toMatchObject({ isError: true });
  });
});

describe("sampling", () => {
  test("a model answers what was allowed, within its limit", async () => {
    const model = scripted([["It is blue.", { type: "finish", reason: "length", usage: {} }]], { id: "sky-1" });
    const asked: McpSamplingRequest[] = [];
    const approve = (request: McpSamplingRequest) => asked.push(request) > 0;
    const server = everything({ sampling: { model, approve, maxTokens: 50 } });
    const output = await outputOf(server, "trigger-sampling-request", { prompt: "Why?", maxTokens: 100 });
    expect(String(output).replace(/\s+/g, " ")).toContain(
      '{ "model": "sky-1", "stopReason": "maxTokens", "role": "assistant", "content": { "type": "text", "text": "It is blue." } }',
    );
    expect(model.requests).toEqual([
      {
        messages: [
          { role: "system", content: "You are a helpful test server." },
          { role: "user", content: [{ type: "text", text: "Resource trigger-sampling-request context: Why?" }] },
        ],
        maxTokens: 50,
        temperature: 0.7,
      },
    ]);
    expect(asked).toMatchObject([{ request: model.requests[0], hints: [] }]);
  });

  test("no model is asked what was not allowed", async () => {
    const model = scripted([["Never said."]]);
    const server = everything({ sampling: { model, approve: () => false } });
    expect(await call(server, "trigger-sampling-request", { prompt: "Why?" })).toMatchObject([
      { isError: true, output: expect.stringContaining("-1: the user did not allow the request") },
    ]);
    expect(model.requests).toEqual([]);
  });
});

test.each<[string, McpToolsOptions]>([
  ["roots[0]", { roots: ["https://example.org"] }],
  ["roots[1].path", { roots: ["/a", { path: "" }] }],
  ["sampling.maxTokens", { sampling: { model: scripted([]), approve: () => true, maxTokens: 0 } }],
])("%s that cannot be is refused", (field, options) => {
  expect(() => mcpTools({ command: "node", ...options })).toThrow(
    expect.objectContaining({ code: "invalid-argument", field }),
  );
});
