import Anthropic from "@anthropic-ai/sdk";
import { GoogleGenAI } from "@google/genai";
import { Ollama } from "ollama";
import OpenAI from "openai";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { defineModel } from "../../src/models/define-model.js";
import { tool } from "../../src/tools/tool.js";
import { withTools } from "../../src/tools/with-tools.js";
import { type Serving, serve } from "./serve.js";

/** Calls the server's tool, then the client's first one where it has any, then answers. */
const caller = defineModel({
  id: "caller",
  *stream({ tools = [], messages }) {
    const results = messages.flatMap((message) => (message.role === "tool" ? message.content : []));
    const answered = results.map((part) => (part.type === "tool-result" ? part.callId : ""));
    const name = ["clock", ...tools.map((one) => one.name)].find((one) => !answered.includes(`call_${one}`));
    if (name === undefined || (name === "clock" && answered.length > 0)) {
      yield "It is noon.";
      return;
    }
    yield "Let me see. ";
    yield { type: "tool-input-delta", callId: `call_${name}`, name, delta: "{}" };
    yield { type: "tool-call", callId: `call_${name}`, name, input: {} };
  },
});

let ran = 0;
const clock = tool({
  name: "clock",
  input: { type: "object", properties: {} },
  run: () => {
    ran++;
    return "12:00";
  },
});

let serving: Serving;
beforeAll(async () => {
  serving = await serve({ models: { loop: withTools(caller, [clock]) } });
});
afterAll(() => serving.close());

const ASKED = [{ role: "user" as const, content: "What time is it?" }];
const TEXT = "Let me see. It is noon.";

describe.each([true, false])("a tool loop behind the server, streaming: %s", (streaming) => {
  test("is an answer without calls to OpenAI's chat client", async () => {
    const client = new OpenAI({ baseURL: `${serving.url}/v1`, apiKey: "none", maxRetries: 0 });
    const ask = { model: "loop", messages: ASKED };
    const [choice] = streaming
      ? (await client.chat.completions.stream(ask).finalChatCompletion()).choices
      : (await client.chat.completions.create(ask)).choices;
    expect(choice?.message.content).toBe(TEXT);
    expect(choice?.message.tool_calls ?? []).toEqual([]);
    expect(choice?.finish_reason).toBe("stop");
  });

  test("runs beside the client's own, in OpenAI's runTools", async () => {
    const client = new OpenAI({ baseURL: `${serving.url}/v1`, apiKey: "none", maxRetries: 0 });
    const mine: string[] = [];
    const before = ran;
    const ask = {
      model: "loop",
      messages: [{ role: "user" as const, content: "Where is it?" }],
      tools: [
        {
          type: "function" as const,
          function: {
            name: "place",
            description: "Where it is",
            parameters: { type: "object", properties: {} },
            function: () => {
              mine.push("place");
              return "Oslo";
            },
          },
        },
      ],
    };
    const runner = streaming
      ? client.chat.completions.runTools({ ...ask, stream: true })
      : client.chat.completions.runTools(ask);
    expect(await runner.finalContent()).toContain("It is noon.");
    expect(mine).toEqual(["place"]);
    expect(ran).toBeGreaterThan(before);
  });

  test("shows what ran to OpenAI's Responses client, and asks it for nothing", async () => {
    const client = new OpenAI({ baseURL: `${serving.url}/v1`, apiKey: "none", maxRetries: 0 });
    const ask = { model: "loop", input: "What time is it?" };
    const response = streaming
      ? await client.responses.stream(ask).finalResponse()
      : await client.responses.create(ask);
    expect(response.output.map(({ type }) => type)).toEqual(["message", "mcp_call", "message"]);
    expect(response.output[1]).toMatchObject({ name: "clock", output: "12:00" });
    expect(response.output_text).toBe(TEXT);
  });

  test("shows what ran to Anthropic's client, whose tool runner runs none of it", async () => {
    const client = new Anthropic({ baseURL: serving.url, apiKey: "none", maxRetries: 0 });
    const ask = { model: "loop", max_tokens: 100, messages: ASKED };
    const message = streaming ? await client.messages.stream(ask).finalMessage() : await client.messages.create(ask);
    const types: string[] = message.content.map(({ type }) => type);
    expect(types).toEqual(["text", "mcp_tool_use", "mcp_tool_result", "text"]);
    expect(message.stop_reason).toBe("end_turn");
    const ran = await client.beta.messages.toolRunner({ ...ask, tools: [], max_iterations: 3 }).runUntilDone();
    expect(ran.stop_reason).toBe("end_turn");
  });

  test("is no function call to Google's client", async () => {
    const client = new GoogleGenAI({ apiKey: "none", httpOptions: { baseUrl: serving.url } });
    const ask = { model: "loop", contents: "What time is it?" };
    const answers = [];
    if (streaming) for await (const chunk of await client.models.generateContentStream(ask)) answers.push(chunk);
    else answers.push(await client.models.generateContent(ask));
    expect(answers.flatMap(({ functionCalls }) => functionCalls ?? [])).toEqual([]);
    const parts = answers.flatMap(({ candidates }) => candidates?.[0]?.content?.parts ?? []);
    expect(parts.map(({ text }) => text ?? "").join("")).toBe(TEXT);
    expect(parts.filter((part) => "toolCall" in part || "toolResponse" in part)).toHaveLength(2);
  });

  test("is no call to Ollama's client", async () => {
    const client = new Ollama({ host: serving.url });
    const ask = { model: "loop", messages: ASKED };
    const messages = [];
    if (streaming) for await (const { message } of await client.chat({ ...ask, stream: true })) messages.push(message);
    else messages.push((await client.chat({ ...ask, stream: false })).message);
    expect(messages.flatMap(({ tool_calls }) => tool_calls ?? [])).toEqual([]);
    expect(messages.map(({ content }) => content).join("")).toBe(TEXT);
  });
});
