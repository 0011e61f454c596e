import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { toolInput, trickyText } from "../../../test/laws/arbitrary-answer.js";
import { joinedTurns, leadsToSomething } from "../../../test/laws/arbitrary-request.js";
import type { JsonObject, JsonValue } from "../../base/json.js";
import type { ChatRequest } from "../../stream/chat-request.js";
import type { AssistantPart, ChatMessage, FilePart, TextPart } from "../../stream/message.js";
import { openAiResponses } from "./openai-responses.js";

const TARGET = { model: "gpt-5", stream: true };
const USER: ChatMessage = { role: "user", content: "Hi" };
const own = (data: JsonObject) => ({ dialect: "openai-responses", data });

const said = trickyText;
const textPart: fc.Arbitrary<TextPart> = said.map((text) => ({ type: "text", text }));
const bytes = fc.uint8Array({ minLength: 1, maxLength: 20 });
const filePart: fc.Arbitrary<FilePart> = fc.oneof(
  bytes.map((data) => ({ type: "file" as const, mediaType: "image/png", data, detail: "low" as const })),
  fc.constant({ type: "file" as const, mediaType: "image/*", data: { url: "https://example.com/a.png" } }),
  fc.constant({ type: "file" as const, mediaType: "image/*", data: { id: "file_1" } }),
  bytes.map((data) => ({ type: "file" as const, mediaType: "application/pdf", data, filename: "a.pdf" })),
  fc.constant({ type: "file" as const, mediaType: "application/octet-stream", data: { url: "https://a.b/c.pdf" } }),
  fc.constant({ type: "file" as const, mediaType: "application/octet-stream", data: { id: "file_2" } }),
  bytes.map((data) => ({ type: "file" as const, mediaType: "audio/wav", data })),
);
const userContent = fc.oneof(said, fc.array(fc.oneof(textPart, filePart), { minLength: 1, maxLength: 3 }));

const search = { id: "ws_1", type: "web_search_call", status: "completed", action: { type: "search", query: "q" } };
const assistantParts: fc.Arbitrary<AssistantPart[]> = fc.oneof(
  textPart.map((part): AssistantPart[] => [part]),
  said.map((text): AssistantPart[] => [{ type: "text", text, refusal: true }]),
  said.map((text): AssistantPart[] => [
    { type: "text", text: "", opaque: own({ type: "message", phase: "commentary" }) },
    { type: "text", text },
    { type: "source", source: { kind: "url", url: "https://a.b/", title: "t", span: { start: 1, end: 2 } } },
  ]),
  said.map((text): AssistantPart[] => {
    const item = {
      id: "rs_1",
      type: "reasoning",
      summary: [{ type: "summary_text", text }],
      encrypted_content: "Z2c=",
    };
    return [{ type: "reasoning", text, opaque: own(item) }];
  }),
  fc.constant<AssistantPart[]>([
    {
      type: "tool-call",
      callId: "ws_1",
      name: "web_search",
      input: { type: "search", query: "q" },
      providerExecuted: true,
    },
    {
      type: "tool-result",
      callId: "ws_1",
      name: "web_search",
      output: { status: "completed" },
      providerExecuted: true,
      opaque: own(search),
    },
  ]),
  fc.constant<AssistantPart[]>([
    {
      type: "opaque",
      name: "provider/compaction",
      opaque: own({ id: "cmp_1", type: "compaction", encrypted_content: "x" }),
    },
  ]),
);

const output: fc.Arbitrary<JsonValue> = fc.oneof(
  said,
  fc.constant<JsonValue>([
    { type: "text", text: "seen" },
    { type: "image", data: "aGk=", mimeType: "image/png" },
  ]),
);

/** A user's turn, and what the model made of it: words, or calls and their results. */
const turn: fc.Arbitrary<ChatMessage[]> = fc
  .record({
    content: userContent,
    answer: fc.oneof(
      said,
      fc.array(assistantParts, { minLength: 1, maxLength: 3 }).map((parts) => parts.flat()),
    ),
    calls: fc.array(fc.record({ input: toolInput, output }), { maxLength: 2 }),
  })
  .map(({ content, answer, calls }): ChatMessage[] => {
    const user: ChatMessage = { role: "user", content };
    if (calls.length === 0 || typeof answer === "string") return [user, { role: "assistant", content: answer }];
    const parts = calls.map(
      ({ input }, index): AssistantPart => ({ type: "tool-call", callId: `c${index}`, name: "f", input }),
    );
    const results = calls.map((call, index) => ({
      type: "tool-result" as const,
      callId: `c${index}`,
      name: "f",
      output: call.output,
    }));
    return [
      user,
      { role: "assistant", content: [...answer, ...parts] },
      { role: "tool", content: results },
      { role: "assistant", content: "So." },
    ];
  });

const request: fc.Arbitrary<ChatRequest> = fc
  .record({
    system: fc.option(said.map((content): ChatMessage => ({ role: "system", content }))),
    turns: fc.array(turn, { maxLength: 3 }),
    last: userContent,
    options: fc.record(
      {
        temperature: fc.constantFrom(0, 0.5),
        topP: fc.constantFrom(0.95, 1),
        maxTokens: fc.constant(2_000),
        reasoning: fc.constantFrom(
          { effort: "none" as const },
          { effort: "max" as const, summary: "auto" as const },
          { summary: "detailed" as const },
        ),
        user: fc.constant("u1"),
        metadata: fc.constant({ a: "b" }),
        responseFormat: fc.constantFrom(
          { type: "json" as const },
          { type: "json-schema" as const, name: "answer", schema: { type: "object" }, strict: true },
        ),
        providerOptions: fc.constant({ "openai-responses": { service_tier: "flex", text: { verbosity: "low" } } }),
      },
      { requiredKeys: [] },
    ),
    tools: fc.option(
      fc.record({
        toolChoice: fc.constantFrom("auto" as const, "required" as const, { name: "f" }),
        parallelToolCalls: fc.boolean(),
      }),
    ),
  })
  .map(({ system, turns, last, options, tools }) => ({
    messages: [...(system === null ? [] : [system]), ...joinedTurns(turns), { role: "user" as const, content: last }],
    ...options,
    ...(tools !== null && {
      ...tools,
      tools: [
        { name: "f", description: "d", inputSchema: { type: "object" }, strict: true },
        { name: "g", inputSchema: { type: "object", properties: {} } },
        { dialect: "openai-responses", type: "web_search", args: { search_context_size: "low" } },
      ],
    }),
  }));

/** The wire has items, so an assistant's messages that follow each other are one, and a list of one plain text is a text. */
function joined(messages: readonly ChatMessage[]): ChatMessage[] {
  const result: ChatMessage[] = [];
  for (const message of messages) {
    const last = result.at(-1);
    if (message.role === "assistant" && last?.role === "assistant") {
      result.pop();
      result.push({ role: "assistant", content: [...partsOf(last.content), ...partsOf(message.content)] });
    } else result.push(message);
  }
  return result.map(asText);
}

/** Blanks that stand alone are left out, and a list of one plain text is a text. */
function asText(message: ChatMessage): ChatMessage {
  if (message.role !== "assistant" || typeof message.content === "string") return message;
  const content = message.content.filter((part) => !isPlain(part) || part.text.trim() !== "");
  const [only, ...more] = content;
  const isText = only !== undefined && isPlain(only) && more.length === 0;
  return { role: "assistant", content: isText ? only.text : content };
}

function isPlain(part: AssistantPart): part is TextPart {
  return part.type === "text" && Object.keys(part).length === 2;
}

function partsOf(content: string | AssistantPart[]): AssistantPart[] {
  return typeof content === "string" ? [{ type: "text", text: content }] : content;
}

/** A model that thinks and takes a temperature. */
const SAMPLES = { ...TARGET, model: "gpt-oss-120b" };

describe("a request for a response", () => {
  test("is read as it was written", () =>
    fc.assert(
      fc.property(request, (asked) => {
        fc.pre(asked.messages.every(leadsToSomething));
        const { body, warnings } = openAiResponses.writeRequest(asked, SAMPLES);
        expect(warnings).toEqual([]);
        const read = openAiResponses.readRequest(JSON.parse(JSON.stringify(body)));
        const { messages } = read.request;
        expect({ ...read, request: { ...read.request, messages: messages.map(asText) } }).toEqual({
          model: SAMPLES.model,
          stream: true,
          request: { ...asked, messages: joined(asked.messages) },
        });
      }),
    ));

  test("keeps nothing at the provider, and asks for reasoning that can come back where there is any", () => {
    const thinks = openAiResponses.writeRequest({ messages: [{ role: "system", content: "Be brief." }, USER] }, TARGET);
    expect(thinks.body).toMatchObject({ store: false, include: ["reasoning.encrypted_content"], stream: true });
    expect(thinks.body.input).toEqual([{ role: "developer", content: "Be brief." }, USER]);
    const plain = openAiResponses.writeRequest({ messages: [USER] }, { model: "gpt-4.1", stream: false });
    expect(plain.body).toEqual({ model: "gpt-4.1", input: [USER], store: false });
  });

  test("says which options it does not send", () => {
    const { body, warnings } = openAiResponses.writeRequest(
      {
        messages: [USER],
        stop: ["x"],
        seed: 1,
        topK: 3,
        presencePenalty: 1,
        frequencyPenalty: 1,
        reasoning: { budgetTokens: 9 },
      },
      TARGET,
    );
    expect(warnings.map(({ field }) => field).sort()).toEqual(
      ["frequencyPenalty", "presencePenalty", "reasoning.budgetTokens", "seed", "stop", "topK"].sort(),
    );
    expect(Object.keys(body)).not.toContain("stop");
  });

  test("leaves out another provider's state and says so", () => {
    const content: AssistantPart[] = [
      { type: "opaque", name: "provider/compaction", opaque: { dialect: "anthropic", data: {} } },
      { type: "tool-call", callId: "s", name: "search", input: {}, providerExecuted: true },
      { type: "text", text: "Found." },
    ];
    const { body, warnings } = openAiResponses.writeRequest(
      { messages: [USER, { role: "assistant", content }, USER] },
      TARGET,
    );
    expect(warnings.map(({ field }) => field)).toEqual(["messages[1].content[0]", "messages[1].content[1]"]);
    expect(body.input).toHaveLength(3);
  });

  test("refuses a tool of another protocol, and sound that it cannot send, with the place", () => {
    const tools = [{ dialect: "anthropic", type: "web_search_20250305" }];
    const refusal = expect.objectContaining({ code: "unsupported", field: "tools[0]" });
    expect(() => openAiResponses.writeRequest({ messages: [USER], tools }, TARGET)).toThrow(refusal);
    const sound: FilePart = { type: "file", mediaType: "audio/ogg", data: new Uint8Array(3) };
    const messages: ChatMessage[] = [{ role: "user", content: [sound] }];
    const refused = expect.objectContaining({ code: "unsupported", field: "messages[0].content[0]" });
    expect(() => openAiResponses.writeRequest({ messages }, TARGET)).toThrow(refused);
  });

  test("answers the calls of the protocol's own tools in their own form", () => {
    const calls: JsonObject[] = [
      { type: "shell_call", id: "sh_1", call_id: "c1", action: { commands: ["ls"] }, environment: { type: "local" } },
      { type: "apply_patch_call", id: "ap_1", call_id: "c2", operation: { type: "delete_file", path: "a" } },
      { type: "mcp_approval_request", id: "mcpr_1", name: "send", arguments: "{}", server_label: "mail" },
      { type: "custom_tool_call", id: "ctc_1", call_id: "c4", name: "sql", input: "SELECT 1" },
    ];
    const events = openAiResponses.readBody({ id: "r", status: "completed", output: calls });
    const content = events.flatMap((event) => (event.type === "tool-call" ? [event] : []));
    const outputs: Record<string, JsonValue> = {
      c1: { output: [{ stdout: "a\n", stderr: "", outcome: { type: "exit", exit_code: 0 } }] },
      c2: "done",
      mcpr_1: { approve: false, reason: "no" },
      c4: "1",
    };
    const results = content.map(({ callId, name }) => ({
      type: "tool-result" as const,
      callId,
      name,
      output: outputs[callId] ?? null,
    }));
    const messages: ChatMessage[] = [USER, { role: "assistant", content }, { role: "tool", content: results }];
    const { body } = openAiResponses.writeRequest({ messages }, TARGET);
    expect((body.input as JsonValue[]).slice(5)).toEqual([
      { type: "shell_call_output", call_id: "c1", ...(outputs.c1 as JsonObject) },
      { type: "apply_patch_call_output", call_id: "c2", status: "completed", output: "done" },
      { type: "mcp_approval_response", approval_request_id: "mcpr_1", approve: false, reason: "no" },
      { type: "custom_tool_call_output", call_id: "c4", output: "1" },
    ]);
  });

  test.each<[body: JsonObject, field: string]>([
    [{ model: "m" }, "input"],
    [{ model: "m", input: [] }, "input"],
    [{ model: "m", input: [{ role: "robot", content: "x" }] }, "input[0].role"],
    [{ model: "m", input: [{ role: "user", content: [{ type: "text", text: "x" }] }] }, "input[0].content[0].type"],
    [{ model: "m", input: [{ type: "item_reference", id: "rs_1" }] }, "input[0].type"],
    [{ model: "m", input: "x", temperature: "hot" }, "temperature"],
    [{ model: "m", input: "x", background: true }, "background"],
    [{ input: "x" }, "model"],
  ])("%j is refused at %s", (body, field) => {
    expect(() => openAiResponses.readRequest(body)).toThrow(
      expect.objectContaining({ code: "invalid-request", field }),
    );
  });
});

test("a tool is chosen by name where the client runs it, and by type where the provider does", () => {
  const tools = [
    { name: "look", inputSchema: { type: "object" } },
    { dialect: "openai-responses", type: "custom", name: "shell" },
    { dialect: "openai-responses", type: "web_search", name: "search" },
  ];
  const chosen = (name: string) =>
    openAiResponses.writeRequest(
      { messages: [{ role: "user", content: "Hi" }], tools, toolChoice: { name } },
      { model: "gpt-5", stream: true },
    ).body.tool_choice;
  expect(chosen("look")).toEqual({ type: "function", name: "look" });
  expect(chosen("shell")).toEqual({ type: "custom", name: "shell" });
  expect(chosen("search")).toEqual({ type: "web_search" });
});

test("what is to be included is asked for beside the reasoning that must come back", () => {
  const include = ["web_search_call.action.sources", "reasoning.encrypted_content"];
  const asked = { messages: [USER], providerOptions: { openai: { include } } };
  expect(openAiResponses.writeRequest(asked, TARGET).body.include).toEqual([
    "reasoning.encrypted_content",
    "web_search_call.action.sources",
  ]);
});

test("citations are sent with the fields that the API has, whoever made them", () => {
  const page = { type: "url_citation", url: "https://a.b/", title: "A", start_index: 1, end_index: 2 };
  const file = { type: "file_citation", file_id: "f", filename: "a.pdf", index: 2 };
  const more = { content: "flows", start_index: 1, end_index: 2, title: "A" };
  const span = { start: 1, end: 2 };
  const content: AssistantPart[] = [
    { type: "text", text: "Water." },
    { type: "source", source: { kind: "url", url: "https://a.b/", title: "A", quote: "flows", span } },
    { type: "source", source: { kind: "document", opaque: own({ ...file, ...more }) } },
    { type: "source", source: { kind: "url", opaque: own({ type: "future", ...more }) } },
  ];
  const { body } = openAiResponses.writeRequest({ messages: [USER, { role: "assistant", content }, USER] }, TARGET);
  const annotations = [page, file, { type: "future", ...more }];
  const text = { type: "output_text", text: "Water.", annotations };
  expect((body.input as JsonObject[])[1]).toEqual({ type: "message", role: "assistant", content: [text] });
});
