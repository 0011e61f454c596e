import { request } from "node:http";
import { describe, expect, test } from "vitest";
import { useSidecar } from "../../../test/support/use-sidecar.js";
import { MemoryStore } from "../../chat/stores/memory-store.js";
import { startSidecar } from "./sidecar.js";

const { folder, grpc, post, running, start, url } = useSidecar();
const USER = (text: string) => ({ messages: [{ ofUser: { content: [{ text }] } }] });

type StreamedFrame = { chunk?: { content: string }; text?: { content: string }; complete?: object; start?: object };

function framesOf(text: string): StreamedFrame[] {
  return text
    .split("\n")
    .flatMap((line) => (line.startsWith("data: ") ? [JSON.parse(line.slice("data: ".length))] : []));
}

describe("over HTTP", () => {
  test("Alpha1 answers as daprd does", async () => {
    await start();
    const answer = await post("/v1.0-alpha1/conversation/echo/converse", { inputs: [{ content: "well hello there" }] });
    expect(answer.status).toBe(200);
    expect(answer.headers.get("content-type")).toBe("application/json");
    // Clients learn how long the connection may wait for the next call.
    expect(answer.headers.get("keep-alive")).toBe("timeout=120");
    expect(await answer.json()).toEqual({ outputs: [{ result: "well hello there" }] });
  });

  test("Alpha2 answers as daprd does, with tools", async () => {
    await start();
    const tools = [
      {
        function: {
          name: "test_function",
          description: "d",
          parameters: { type: "object", properties: { param1: { type: "string" } }, required: ["param1"] },
        },
      },
    ];
    const body = { contextId: "c1", inputs: [USER("well hello there")], tools, toolChoice: "auto", temperature: 0.7 };
    const answer = await post("/v1.0-alpha2/conversation/echo/converse", body);
    expect(await answer.json()).toEqual({
      contextId: "c1",
      outputs: [
        {
          choices: [
            {
              finishReason: "tool_calls",
              message: {
                content: "well hello there",
                toolCalls: [{ id: "0", function: { name: "test_function", arguments: "param1" } }],
              },
            },
          ],
          usage: { completionTokens: "3", promptTokens: "3", totalTokens: "6" },
        },
      ],
    });
  });

  test("a whole answer of echo comes without the pauses of a streamed one", async () => {
    await start({ echoPauseMs: 60_000 });
    const body = { inputs: [USER("one two three")], scrubPii: true };
    const answer = await post("/v1.0-alpha2/conversation/echo/converse", body);
    expect((await answer.json()).outputs[0].choices[0].message.content).toBe("one two three");
    const { outputs } = await grpc().converseAlpha1({ name: "echo", inputs: [{ content: "one two" }] });
    expect(outputs[0]?.result).toBe("one two");
  });

  test("Alpha2 streams as server-sent events, its end last", async () => {
    await start();
    const body = { contextId: "c1", inputs: [USER("one two three")] };
    const answer = await post("/v1.0-alpha2/conversation/echo/converse/stream", body);
    expect(answer.headers.get("content-type")).toBe("text/event-stream; charset=utf-8");
    const frames = framesOf(await answer.text());
    expect(frames[0]).toHaveProperty("start");
    expect(frames.map((frame) => frame.text?.content ?? "").join("")).toBe("one two three");
    expect(frames.at(-1)).toEqual({
      complete: {
        contextId: "c1",
        finishReason: "stop",
        usage: { completionTokens: "3", promptTokens: "3", totalTokens: "6" },
      },
    });
  });

  test("Alpha1 streams in the shape of the streaming branch", async () => {
    await start();
    const answer = await post("/v1.0-alpha1//conversation/echo/converse/stream/", { inputs: [{ content: "one two" }] });
    const frames = framesOf(await answer.text());
    expect(frames.map((frame) => frame.chunk?.content ?? "").join("")).toBe("one two");
    expect(frames.at(-1)).toEqual({ complete: { usage: { promptTokens: 2, completionTokens: 2, totalTokens: 4 } } });
  });

  test("health, metadata, and the end that a client asks for", async () => {
    await start();
    expect((await fetch(url("/v1.0/healthz"))).status).toBe(204);
    expect((await fetch(url("/v1.0/healthz?appid=app"))).status).toBe(204);
    expect((await fetch(url("/v1.0/healthz?appid=other"))).status).toBe(500);
    expect((await fetch(url("/v1.0/healthz/outbound"))).status).toBe(204);
    expect((await fetch(url("/v1.0/metadata/color"), { method: "PUT", body: "blue" })).status).toBe(204);
    const metadata = await (await fetch(url("/v1.0/metadata"))).json();
    expect(metadata).toMatchObject({
      id: "app",
      components: [{ name: "echo", type: "conversation.echo", version: "v1" }],
      enabledFeatures: ["Sluice.ConversationStreaming"],
      extended: { color: "blue" },
    });
    expect((await post("/v1.0/shutdown", "")).status).toBe(204);
    await running().ended;
  });

  test("what is not answered here says what is missing", async () => {
    await start();
    const answer = await fetch(url("/v1.0/state/store/key"));
    expect(answer.status).toBe(404);
    expect(await answer.json()).toMatchObject({
      errorCode: "ERR_NOT_FOUND",
      message: expect.stringContaining("--upstream"),
    });
  });

  test("personal data is taken out, of what is said and of what is answered", async () => {
    await start();
    const inputs = [{ ...USER("write to anna@example.com now"), scrubPii: true }];
    const input = await post("/v1.0-alpha2/conversation/echo/converse", { inputs });
    expect((await input.json()).outputs[0].choices[0].message.content).toBe("write to <EMAIL_ADDRESS> now");
    const body = { inputs: [USER("write to anna@example.com now")], scrubPii: true };
    const streamed = await post("/v1.0-alpha2/conversation/echo/converse/stream", body);
    const text = framesOf(await streamed.text()).map((frame) => frame.text?.content ?? "");
    expect(text.join("")).toBe("write to <EMAIL_ADDRESS> now");
  });

  test("with a store, a context id continues a conversation", async () => {
    const store = new MemoryStore();
    await start({ store });
    const say = async (text: string) => {
      const body = { contextId: "c1", inputs: [USER(text)] };
      return (await (await post("/v1.0-alpha2/conversation/echo/converse", body)).json()).outputs[0].choices[0].message
        .content;
    };
    expect(await say("first")).toBe("first");
    // Echo says back all that it is sent.
    expect(await say("second")).toBe("first\nfirst\nsecond");
    expect((await store.load("c1"))?.messages).toHaveLength(4);
  });

  test("a client that leaves ends the model's answer", async () => {
    await start({ echoPauseMs: 60_000 });
    const left = new Promise<void>((resolve) => {
      const asking = request(url("/v1.0-alpha2/conversation/echo/converse/stream"), { method: "POST" }, (answer) => {
        answer.once("data", () => {
          asking.destroy();
          resolve();
        });
        answer.on("error", () => {});
      });
      asking.on("error", () => {});
      asking.end(JSON.stringify({ inputs: [USER("one two three")] }));
    });
    await left;
    // Nothing holds it: no answer is open any more.
    await running().stop();
  });

  test("metrics are counted under daprd's names", async () => {
    await start({ metricsPort: 0 });
    await post("/v1.0-alpha2/conversation/echo/converse", { inputs: [USER("one two")] });
    await (await post("/v1.0-alpha2/conversation/echo/converse/stream", { inputs: [USER("one")] })).text();
    await post("/v1.0-alpha2/conversation/echo/converse", "");
    const text = await (await fetch(`http://127.0.0.1:${running().metricsPort}/metrics`)).text();
    const tags = 'app_id="app",component="echo",namespace=""';
    expect(text).toContain(`dapr_component_conversation_count{${tags},success="true",type="non_streaming"} 1`);
    expect(text).toContain(`dapr_component_conversation_count{${tags},success="true",type="streaming"} 1`);
    expect(text).toContain(
      'dapr_error_code_total{app_id="app",category="conversation",error_code="ERR_CONVERSATION_MISSING_INPUTS"} 1',
    );
    expect(text).toContain(`usage_prompt_tokens{${tags},success="true",type="non_streaming"} 2`);
  });
});

test("a port that is taken is explained, and nothing stays open", async () => {
  const first = await start();
  const second = startSidecar({
    appId: "b",
    resourcesPath: folder.path,
    httpPort: first.httpPort,
    grpcPort: 0,
    env: {},
  });
  await expect(second).rejects.toMatchObject({
    code: "invalid-argument",
    field: "httpPort",
    message: expect.stringContaining(`the HTTP port ${first.httpPort} on 127.0.0.1 is not available`),
  });
});
