import { text } from "node:stream/consumers";
import type { ChatCompletionChunk } from "openai/resources";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { collect } from "../../../test/support/collect.js";
import { at, componentFile, DaprWorld, failure, PROTOCOLS } from "../../../test/support/dapr-world.js";
import { deferred } from "../../../test/support/deferred.js";
import { type JsonValue, parseJson } from "../../base/json.js";
import { Conversation } from "../../chat/conversation.js";
import type { WireEvent } from "../../stream/chat-model.js";
import { tool } from "../../tools/tool.js";
import type { Notice } from "../resources/notice.js";
import type { DaprChatClient } from "./dapr-chat-client.js";

const world = new DaprWorld();

const weather = {
  name: "weather",
  description: "The weather of a city.",
  inputSchema: { type: "object", properties: { city: { type: "string" } } },
};

describe.each(PROTOCOLS)("a Sluice sidecar over %s", (protocol) => {
  test("streams, with the context id and the usage at the end", async () => {
    const notices: Notice[] = [];
    const dapr = world.client({ ...at(protocol, await world.sidecar()), log: (notice) => notices.push(notice) });
    const chunks = await collect(dapr.generate({ messages: "one two three", stream: true, contextId: "c1" }));
    expect(chunks[0]).toEqual({
      type: "start",
      data: { id: expect.any(String), model: "echo", simulated: false, warnings: [] },
    });
    expect(chunks.slice(1)).toEqual([
      ...["one", " two", " three"].map((data) => ({ type: "content", data })),
      { type: "context_id", data: "c1" },
      { type: "finish", data: "stop" },
      { type: "final_content", data: "one two three" },
      { type: "final_usage", data: { prompt_tokens: 3, completion_tokens: 3, total_tokens: 6 } },
    ]);
    expect(notices.map(({ message }) => message).join("\n")).toMatch(
      /answers: app app, Dapr .*; it streams\nasking echo of .*streamed over/,
    );
  });

  test("answers whole in OpenAI's shape", async () => {
    const dapr = world.client(at(protocol, await world.sidecar()));
    const response = await dapr.generate({ messages: [{ role: "user", content: "one two" }], contextId: "c1" });
    expect(response).toEqual({
      id: expect.any(String),
      object: "chat.completion",
      created: expect.any(Number),
      model: "echo",
      choices: [{ index: 0, finish_reason: "stop", message: { role: "assistant", content: "one two" } }],
      usage: { prompt_tokens: 2, completion_tokens: 2, total_tokens: 4 },
      context_id: "c1",
    });
  });

  test("gives OpenAI's chunks", async () => {
    const dapr = world.client(at(protocol, await world.sidecar()));
    const chunks = await collect(dapr.generateStream({ messages: "one two", contextId: "c1" }));
    expect(chunks.map(({ choices }) => choices)).toEqual([
      [{ index: 0, delta: { role: "assistant", content: "one" }, finish_reason: null }],
      [{ index: 0, delta: { content: " two" }, finish_reason: null }],
      [{ index: 0, delta: {}, finish_reason: "stop" }],
      [],
    ]);
    expect(chunks[0]).toMatchObject({ object: "chat.completion.chunk", model: "echo", context_id: null, usage: null });
    expect(chunks.at(-1)).toMatchObject({ context_id: "c1", usage: { total_tokens: 4 } });
    expect(new Set(chunks.map(({ created }) => created)).size).toBe(1);
    // As the types of OpenAI's client have them, but for reasons to stop that only we know.
    const frames: Omit<ChatCompletionChunk, "choices">[] = chunks;
    const deltas: ChatCompletionChunk.Choice.Delta[] = chunks.flatMap(({ choices }) => choices.map((one) => one.delta));
    expect(frames.length).toBe(deltas.length + 1);
  });

  test("calls tools, and takes their results", async () => {
    const dapr = world.client(at(protocol, await world.sidecar()));
    const asked = { role: "user" as const, content: "Oslo?" };
    const chunks = await collect(dapr.generate({ messages: [asked], stream: true, tools: [weather] }));
    const call = { id: "0", type: "function" as const, function: { name: "weather", arguments: "city" } };
    expect(chunks).toContainEqual({ type: "tool_call", data: call });
    expect(chunks).toContainEqual({ type: "finish", data: "tool_calls" });
    const { parameters } = { parameters: weather.inputSchema };
    const first = await dapr.generate({
      messages: [asked],
      tools: [{ type: "function", function: { name: "weather", parameters } }],
      toolChoice: "weather",
    });
    const [{ message, finish_reason: reason }] = first.choices;
    expect([message.tool_calls, reason]).toEqual([[call], "tool_calls"]);
    const result = { role: "tool" as const, tool_call_id: "0", content: "4 °C" };
    const second = await dapr.generate({ messages: [asked, message, result] });
    expect(second.choices[0].message.content).toBe(
      "Oslo?\nOslo?\nTool Response for tool ID '0' with name 'weather': 4 °C",
    );
    expect(second.choices[0].message.tool_calls).toEqual([call]);
    const made = tool({ name: "weather", input: z.object({ city: z.string() }) });
    const third = await collect(dapr.generateStream({ messages: [asked], tools: [made] }));
    expect(third.flatMap(({ choices }) => choices.flatMap(({ delta }) => delta.tool_calls ?? []))).toEqual([
      { index: 0, ...call },
    ]);
  });

  test("carries images and other files to the provider", async () => {
    const asked = deferred<JsonValue>();
    const port = await world.server(async (request, response) => {
      asked.resolve(parseJson(await text(request)));
      const answer = { id: "a", model: "m", choices: [{ message: { content: "A dot." }, finish_reason: "stop" }] };
      response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(answer));
    });
    const yaml = componentFile("gpt", "conversation.openai");
    const metadata = `  metadata:\n  - {name: key, value: x}\n  - {name: endpoint, value: "http://127.0.0.1:${port}/v1"}\n`;
    const resourcesPath = await world.files({ "gpt.yaml": yaml + metadata });
    const dapr = world.client(at(protocol, await world.sidecar({ resourcesPath })));
    const address = { url: "https://example.org/a.png", detail: "low" as const };
    const answer = await dapr.generate({
      messages: [
        {
          role: "user",
          content: [
            { type: "text", text: "What is this?" },
            { type: "image_url", image_url: address },
            { type: "image_url", image_url: { url: "data:image/png;base64,AAEC" } },
            { type: "input_audio", input_audio: { data: "AAEC", format: "mp3" } },
            { type: "file", file: { file_data: "data:application/pdf;base64,AAEC", filename: "a.pdf" } },
            { type: "file", mediaType: "image/gif", data: new Uint8Array([1]) },
          ],
        },
      ],
    });
    expect(answer.choices[0].message.content).toBe("A dot.");
    expect(await asked.promise).toMatchObject({
      messages: [
        {
          content: [
            { type: "text" },
            { type: "image_url", image_url: address },
            { type: "image_url", image_url: { url: "data:image/png;base64,AAEC" } },
            { type: "input_audio", input_audio: { data: "AAEC", format: "mp3" } },
            { type: "file", file: { file_data: "data:application/pdf;base64,AAEC", filename: "a.pdf" } },
            { type: "image_url", image_url: { url: "data:image/gif;base64,AQ==" } },
          ],
        },
      ],
    });
  });

  test("takes personal data out, of what is sent and of what is answered", async () => {
    const dapr = world.client(at(protocol, await world.sidecar()));
    const messages = "write to anna@example.com now";
    for (const scrubPII of [true, { input: true }, { output: true }]) {
      const chunks = await collect(dapr.generate({ messages, stream: true, scrubPII }));
      expect(chunks).toContainEqual({ type: "final_content", data: "write to <EMAIL_ADDRESS> now" });
    }
    const plain = await dapr.generate({ messages, scrubPII: false });
    expect(plain.choices[0].message.content).toBe(messages);
  });

  test("is a model of a conversation", async () => {
    const dapr = world.client(at(protocol, await world.sidecar()));
    const conversation = new Conversation({ model: dapr.model("echo") });
    expect(await conversation.stream("first").fullText).toBe("first");
    expect(await conversation.stream("second").fullText).toBe("first\nfirst\nsecond");
    const events = await collect(
      dapr.model({ component: "echo", contextId: "c9" }).stream({
        messages: [{ role: "user", content: "x" }],
        providerOptions: { dapr: { scrubPii: true } },
        topK: 3,
      }),
    );
    expect(events).toContainEqual({ type: "context", contextId: "c9" });
    expect(events[0]).toMatchObject({ warnings: [{ field: "topK" }] });
  });

  test("is told at once when the reader leaves, or its signal is aborted", async () => {
    let left = deferred();
    const server = await world.sidecar({
      echoPauseMs: 60_000,
      report: ({ message }) => {
        if (/failed with cancelled/.test(message)) left.resolve();
      },
    });
    const notices: Notice[] = [];
    const dapr = world.client({ ...at(protocol, server), log: (notice) => notices.push(notice) });
    const stream = dapr.generate({ messages: "one two three", stream: true });
    for await (const chunk of stream) if (chunk.type === "content") break;
    await left.promise;
    expect(await stream.usage).toBeTypeOf("object");

    left = deferred();
    const controller = new AbortController();
    const aborted = await failure(async () => {
      for await (const chunk of dapr.generate({ messages: "one two", stream: true, signal: controller.signal })) {
        if (chunk.type === "content") controller.abort("enough");
      }
    });
    expect(aborted).toMatchObject({ code: "cancelled", cause: "enough", partial: { text: "one" } });
    await left.promise;
    expect(notices.filter(({ level }) => level === "warning")).toEqual([]);
  });

  test("is read no further once the client is closed", async () => {
    const server = await world.sidecar({ echoPauseMs: 60_000 });
    await cutByClose(world.client(at(protocol, server)));
  });

  test("is watched, with its token masked", async () => {
    const dapr = world.client({ ...at(protocol, await world.sidecar({ apiToken: "secret" })), apiToken: "secret" });
    for (const stream of [true, false]) {
      const wire: WireEvent[] = [];
      const onWire = (event: WireEvent) => void wire.push(event);
      const answer = dapr.generate({ messages: "hello there", stream, onWire });
      await (answer instanceof Promise ? answer : collect(answer));
      expect(wire[0]).toMatchObject({ type: "request", attempt: 1, headers: { "dapr-api-token": "…" } });
      expect(JSON.stringify(wire[0])).toContain("hello there");
      const bodies = wire.flatMap((event) => (event.type === "body" ? [event.text] : []));
      expect(bodies.join("")).toContain(stream ? '{"text":{"content":" there"}}' : '"content":"hello there"');
      expect(wire.at(-1)).toMatchObject({ type: "end" });
    }
    const wire: WireEvent[] = [];
    const onWire = (event: WireEvent) => void wire.push(event);
    await failure(() => dapr.generate({ messages: "x", llmComponent: "nobody", onWire }));
    expect(wire.at(-1)).toMatchObject({ type: "error", error: { code: "not-found" } });
  });

  test("wants its token, from the options or the environment", async () => {
    const server = await world.sidecar({ apiToken: "secret" });
    const refused = world.client(at(protocol, server));
    expect(await failure(() => refused.generate({ messages: "x" }))).toMatchObject({ code: "authentication" });
    for (const options of [{ apiToken: "secret" }, { env: { DAPR_API_TOKEN: "secret" } }]) {
      const dapr = world.client({ ...at(protocol, server), ...options });
      expect((await dapr.generate({ messages: "x" })).choices[0].message.content).toBe("x");
    }
  });

  test("says what it refuses", async () => {
    const dapr = world.client(at(protocol, await world.sidecar()));
    const stream = dapr.generate({ messages: "x", stream: true, llmComponent: "nobody" });
    expect(await failure(() => collect(stream))).toMatchObject({
      code: "not-found",
      providerCode: "ERR_CONVERSATION_NOT_FOUND",
      message: "failed finding conversation component nobody; the components are echo",
      model: "dapr/nobody",
    });
    const misspelt = await failure(() => dapr.generate({ messages: "x", llmComponent: "ecko" }));
    expect(misspelt.message).toBe("failed finding conversation component ecko; did you mean echo?");
    const tools = [{ name: "t", inputSchema: { type: "object", properties: [] } }];
    expect(await failure(() => dapr.generate({ messages: "x", tools }))).toMatchObject({
      code: "provider-error",
      providerCode: "ERR_CONVERSATION_INVOKE",
      retryable: false,
    });
  });

  test("refuses a request that is too large once and for all", async () => {
    const notices: string[] = [];
    const server = await world.sidecar({ maxBodyBytes: 1_000 });
    const dapr = world.client({ ...at(protocol, server), log: ({ message }) => notices.push(message) });
    const asked = collect(dapr.generate({ messages: "x".repeat(2_000), stream: true }));
    expect(await failure(() => asked)).toMatchObject({ code: "rejected", retryable: false });
    expect(notices.filter((notice) => notice.startsWith("asking"))).toHaveLength(1);
  });

  test("in front of a daprd streams its own components, and passes the daprd's on", async () => {
    const behind = await world.daprd({ components: ["claude"] });
    const upstream = { http: `http://127.0.0.1:${behind.httpPort}`, grpc: `http://127.0.0.1:${behind.grpcPort}` };
    const dapr = world.client(at(protocol, await world.sidecar({ upstream })));
    expect(await failure(() => dapr.generate({ messages: "x" }))).toMatchObject({
      message: expect.stringContaining("several conversation components: claude, echo"),
    });
    const own = await collect(dapr.generate({ messages: "x", stream: true, llmComponent: "echo" }));
    expect(own[0]).toMatchObject({ data: { simulated: false } });
    expect(behind.requests).toHaveLength(0);
    const passed = await collect(dapr.generate({ messages: "x y", stream: true, llmComponent: "claude" }));
    expect(passed[0]).toMatchObject({ data: { simulated: true } });
    expect(passed).toContainEqual({ type: "final_content", data: "x y" });
  });
});

test("component files answer no further once the client is closed", async () => {
  await cutByClose(world.client({ resourcesPath: world.folder, loading: { echoPauseMs: 60_000 } }));
});

/** Closes a client whose answer never ends by itself, while it is read. */
async function cutByClose(dapr: DaprChatClient): Promise<void> {
  const seen: string[] = [];
  const reading = failure(async () => {
    for await (const { type, data } of dapr.generate({ messages: "one two", stream: true })) {
      if (type !== "content") continue;
      seen.push(data);
      void dapr.close();
    }
  });
  expect(await reading).toMatchObject({
    code: "cancelled",
    message: "the client was closed",
    partial: { text: "one" },
  });
  expect(seen).toEqual(["one"]);
  const later = { code: "cancelled", message: "the client was closed" };
  expect(await failure(() => dapr.generate({ messages: "x" }))).toMatchObject(later);
  expect(
    await failure(() => dapr.model().stream({ messages: [{ role: "user", content: "x" }] }).fullText),
  ).toMatchObject(later);
}
