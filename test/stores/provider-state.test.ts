import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { isJsonObject, type JsonObject, type JsonValue, parseJson } from "../../src/base/json.js";
import { Conversation } from "../../src/chat/conversation.js";
import { model } from "../../src/models/named-model.js";
import type { ChatRequest } from "../../src/stream/chat-request.js";
import { startPostgres, startRedis } from "../support/local-server.js";

/** State as providers give it: nobody but them can read it, and any change of it is an error there. */
const STATE = "EqQBCkYIARgCKkBx+/0=";

/** A provider that thinks and calls a tool, in its own words, and what it must find in the next request. */
interface Provider {
  id: string;
  request: Omit<ChatRequest, "messages">;
  /** The frames of its first answer. */
  wire: readonly JsonObject[];
  /** What it said, as it stands in the request of the turn after. */
  expected: readonly JsonObject[];
  /** Where that stands in a request's body. */
  turns(body: JsonObject): JsonValue;
}

const tools = [{ name: "look", inputSchema: { type: "object" } }];
const reasoning = { effort: "high" } as const;
const list = (value: JsonValue | undefined): JsonValue[] => (Array.isArray(value) ? value : []);
/** The parts of what the model said last before the results. */
const saidBy = (role: string, turns: JsonValue | undefined, parts: string) => {
  const said = list(turns).findLast((turn) => isJsonObject(turn) && turn.role === role);
  return isJsonObject(said) ? (said[parts] ?? null) : null;
};

const providers: readonly Provider[] = [
  {
    id: "anthropic/claude-sonnet-4-5",
    request: { tools, reasoning },
    wire: [
      {
        type: "message_start",
        message: {
          id: "msg_1",
          type: "message",
          role: "assistant",
          model: "claude-sonnet-4-5",
          content: [],
          usage: { input_tokens: 5, output_tokens: 1 },
        },
      },
      { type: "content_block_start", index: 0, content_block: { type: "thinking", thinking: "", signature: "" } },
      { type: "content_block_delta", index: 0, delta: { type: "thinking_delta", thinking: "Let me " } },
      { type: "content_block_delta", index: 0, delta: { type: "thinking_delta", thinking: "look." } },
      { type: "content_block_delta", index: 0, delta: { type: "signature_delta", signature: STATE } },
      { type: "content_block_stop", index: 0 },
      { type: "content_block_start", index: 1, content_block: { type: "redacted_thinking", data: STATE } },
      { type: "content_block_stop", index: 1 },
      {
        type: "content_block_start",
        index: 2,
        content_block: { type: "tool_use", id: "call_1", name: "look", input: {} },
      },
      { type: "content_block_delta", index: 2, delta: { type: "input_json_delta", partial_json: '{"at":1}' } },
      { type: "content_block_stop", index: 2 },
      { type: "message_delta", delta: { stop_reason: "tool_use", stop_sequence: null }, usage: { output_tokens: 9 } },
      { type: "message_stop" },
    ],
    expected: [
      { type: "thinking", thinking: "Let me look.", signature: STATE },
      { type: "redacted_thinking", data: STATE },
      { type: "tool_use", id: "call_1", name: "look", input: { at: 1 } },
    ],
    turns: ({ messages }) => saidBy("assistant", messages, "content"),
  },
  {
    id: "gemini/gemini-3-pro-preview",
    request: { tools, reasoning },
    wire: [
      {
        candidates: [{ content: { role: "model", parts: [{ text: "Let me look.", thought: true }] }, index: 0 }],
        modelVersion: "gemini-3-pro-preview",
      },
      {
        candidates: [
          {
            content: {
              role: "model",
              parts: [{ functionCall: { name: "look", args: { at: 1 } }, thoughtSignature: STATE }],
            },
            finishReason: "STOP",
            index: 0,
          },
        ],
        usageMetadata: { promptTokenCount: 5, candidatesTokenCount: 4, thoughtsTokenCount: 5, totalTokenCount: 14 },
        modelVersion: "gemini-3-pro-preview",
      },
    ],
    expected: [{ functionCall: { name: "look", args: { at: 1 } }, thoughtSignature: STATE }],
    turns: ({ contents }) => saidBy("model", contents, "parts"),
  },
  {
    id: "openai/gpt-5",
    request: { tools, reasoning },
    wire: [
      {
        type: "response.created",
        sequence_number: 0,
        response: { id: "resp_1", object: "response", model: "gpt-5", status: "in_progress", output: [] },
      },
      {
        type: "response.output_item.added",
        sequence_number: 1,
        output_index: 0,
        item: { type: "reasoning", id: "rs_1", summary: [] },
      },
      {
        type: "response.output_item.done",
        sequence_number: 2,
        output_index: 0,
        item: { type: "reasoning", id: "rs_1", summary: [], encrypted_content: STATE },
      },
      {
        type: "response.output_item.added",
        sequence_number: 3,
        output_index: 1,
        item: {
          type: "function_call",
          id: "fc_1",
          call_id: "call_1",
          name: "look",
          arguments: "",
          status: "in_progress",
        },
      },
      {
        type: "response.function_call_arguments.delta",
        sequence_number: 4,
        item_id: "fc_1",
        output_index: 1,
        delta: '{"at":1}',
      },
      {
        type: "response.function_call_arguments.done",
        sequence_number: 5,
        item_id: "fc_1",
        output_index: 1,
        arguments: '{"at":1}',
      },
      {
        type: "response.output_item.done",
        sequence_number: 6,
        output_index: 1,
        item: {
          type: "function_call",
          id: "fc_1",
          call_id: "call_1",
          name: "look",
          arguments: '{"at":1}',
          status: "completed",
        },
      },
      {
        type: "response.completed",
        sequence_number: 7,
        response: {
          id: "resp_1",
          object: "response",
          model: "gpt-5",
          status: "completed",
          output: [],
          usage: { input_tokens: 5, output_tokens: 9, total_tokens: 14 },
        },
      },
    ],
    expected: [
      { type: "reasoning", id: "rs_1", summary: [], encrypted_content: STATE },
      { type: "function_call", call_id: "call_1", name: "look", arguments: '{"at":1}' },
    ],
    turns: ({ input }) =>
      list(input).filter((item) => isJsonObject(item) && (item.type === "reasoning" || item.type === "function_call")),
  },
];

/** Answers every request with the same frames, and keeps the bodies. */
async function serve(wire: readonly JsonObject[]): Promise<{ url: string; bodies: JsonObject[]; stop: () => void }> {
  const bodies: JsonObject[] = [];
  const server = createServer(async (request, response) => {
    let text = "";
    for await (const piece of request.setEncoding("utf8")) text += piece;
    const body = parseJson(text);
    if (isJsonObject(body)) bodies.push(body);
    const frames = wire.map(
      (frame) => `${typeof frame.type === "string" ? `event: ${frame.type}\n` : ""}data: ${JSON.stringify(frame)}\n\n`,
    );
    response.writeHead(200, { "content-type": "text/event-stream" }).end(frames.join(""));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return { url: `http://127.0.0.1:${address.port}`, bodies, stop: () => server.close() };
}

const folder = mkdtempSync(join(tmpdir(), "sluice-state-"));
const servers = await Promise.all([startRedis(), startPostgres()]);
afterAll(async () => {
  await Promise.all(servers.map((server) => server?.stop()));
  rmSync(folder, { recursive: true, force: true });
});
const stores = [join(folder, "conversations.db"), ...servers.flatMap((server) => server?.url ?? [])];

test.each(stores.flatMap((store) => providers.map((provider) => [provider, store] as const)))(
  "what $id must get back survives a store",
  async ({ id, request, wire, expected, turns }, store) => {
    const { url, bodies, stop } = await serve(wire);
    const asked = model(id, { apiKey: "none", baseUrl: `${url}/v1`, env: {} });
    const first = new Conversation({ model: asked, store, request });
    await first.send("Look!");
    await first.close();
    // Another process would begin like this.
    const second = new Conversation({ model: asked, store, request, contextId: first.contextId });
    const call = (await second.messages()).at(-1)?.message.content;
    const callId = Array.isArray(call) ? call.flatMap((part) => (part.type === "tool-call" ? part.callId : []))[0] : "";
    await second.send({
      role: "tool",
      content: [{ type: "tool-result", callId: callId ?? "", name: "look", output: "a cat" }],
    });
    await second.close();
    stop();
    const back = expected.map((part) => expect.objectContaining(part));
    expect(turns(bodies[1] ?? {})).toEqual(expect.arrayContaining(back));
  },
);
