import { describe, expect, it } from "vitest";
import { collect } from "../../../test/support/collect.js";
import type { Script } from "../../../test/support/serve-dialect.js";
import { component, openAi, useComponents } from "../../../test/support/use-components.js";
import type { ChatEvent } from "../../stream/chat-event.js";
import { SluiceError } from "../../stream/error.js";

const { load } = useComponents();
const START: ChatEvent = { type: "start", id: "a", model: "m" };
const FINISH: ChatEvent = { type: "finish", reason: "stop", usage: { inputTokens: 2, outputTokens: 1 } };
const HELLO: Script = [START, { type: "text-delta", text: "Hel" }, { type: "text-delta", text: "lo" }, FINISH];
const ask = { messages: [{ role: "user" as const, content: "hi" }] };

/** Where a component's call goes, and with what. */
async function callOf(type: string, metadata: Record<string, string>, env = {}) {
  let sent: { url: string; headers: Record<string, string>; body: unknown } | undefined;
  const { components } = await load({ "a.yaml": component("llm", type, metadata) }, { env });
  const llm = components.get("llm");
  const onWire = (event: { type: string; url?: string; headers?: Record<string, string>; body?: string }) => {
    if (event.type === "request") {
      sent = { url: event.url ?? "", headers: event.headers ?? {}, body: JSON.parse(event.body ?? "") };
    }
  };
  const refusing = {
    open: () => ({
      head: undefined,
      over: true,
      failure: new SluiceError("connect-failed", "no"),
      take: () => [],
      wait: () => undefined,
      release: () => {},
      close: () => {},
    }),
  };
  const again = await load({}, { env, http: { transport: refusing } });
  await again.components
    .get("llm")
    ?.model.stream(ask, { onWire })
    .fullText.catch(() => {});
  return { ...sent, modelName: llm?.modelName };
}

describe("where components call", () => {
  it.each([
    ["conversation.openai", {}, "https://api.openai.com/v1/chat/completions", "gpt-5-nano", "authorization"],
    [
      "conversation.openai",
      { apiType: "azure", endpoint: "https://me.openai.azure.com/", apiVersion: "2024-10-21" },
      "https://me.openai.azure.com/openai/deployments/gpt-4.1-nano/chat/completions?api-version=2024-10-21",
      "gpt-4.1-nano",
      "api-key",
    ],
    ["conversation.anthropic", {}, "https://api.anthropic.com/v1/messages", "claude-sonnet-4-20250514", "x-api-key"],
    [
      "conversation.anthropic",
      { apiType: "foundry", endpoint: "https://me.services.ai.azure.com/anthropic/v1", model: "claude-x" },
      "https://me.services.ai.azure.com/anthropic/v1/messages",
      "claude-x",
      "x-api-key",
    ],
    [
      "conversation.googleai",
      {},
      "https://generativelanguage.googleapis.com/v1beta/models/gemini-2.5-flash-lite:streamGenerateContent?alt=sse",
      "gemini-2.5-flash-lite",
      "x-goog-api-key",
    ],
    ["conversation.mistral", {}, "https://api.mistral.ai/v1/chat/completions", "open-mistral-7b", "authorization"],
    [
      "conversation.huggingface",
      {},
      "https://router.huggingface.co/hf-inference/models/deepseek-ai/DeepSeek-R1-Distill-Qwen-32B/v1/chat/completions",
      "deepseek-ai/DeepSeek-R1-Distill-Qwen-32B",
      "authorization",
    ],
    [
      "conversation.huggingface",
      { endpoint: "https://hub/{{model}}/v1", model: "a/b" },
      "https://hub/a/b/v1/chat/completions",
      "a/b",
      "authorization",
    ],
    ["conversation.ollama", {}, "http://localhost:11434/v1/chat/completions", "llama3.2:latest", "authorization"],
    [
      "conversation.ollama",
      { endpoint: "http://box:1/" },
      "http://box:1/v1/chat/completions",
      "llama3.2:latest",
      "authorization",
    ],
    ["conversation.deepseek", {}, "https://api.deepseek.com/chat/completions", "deepseek-chat", "authorization"],
  ])("%s %j", async (type, metadata, url, model, header) => {
    const sent = await callOf(type, { apiKey: "sk-secret", ...metadata });
    expect(sent.url).toBe(url);
    expect(sent.modelName).toBe(model);
    expect(Object.keys(sent.headers ?? {})).toContain(header);
  });

  it.each([
    ["conversation.openai", "OPENAI_MODEL"],
    ["conversation.anthropic", "ANTHROPIC_MODEL"],
    ["conversation.googleai", "GOOGLEAI_MODEL"],
    ["conversation.mistral", "MISTRAL_MODEL"],
    ["conversation.huggingface", "HUGGINGFACE_MODEL"],
    ["conversation.ollama", "OLLAMA_MODEL"],
  ])("%s takes its model from %s before the metadata", async (type, variable) => {
    const { modelName } = await callOf(type, { key: "k", model: "mine" }, { [variable]: "theirs" });
    expect(modelName).toBe("theirs");
    expect((await callOf(type, { key: "k", model: "mine" })).modelName).toBe("mine");
  });

  it("OpenAI takes its key and address from the environment", async () => {
    const env = { OPENAI_API_KEY: "sk-env", OPENAI_BASE_URL: "http://here/v9", OPENAI_ORGANIZATION: "org" };
    const sent = await callOf("conversation.openai", {}, env);
    expect(sent.url).toBe("http://here/v9/chat/completions");
    expect(sent.headers?.["openai-organization"]).toBe("org");
  });

  it("a model that thinks is sent no temperature, and the answer says so", async () => {
    const server = await openAi(HELLO);
    const metadata = { key: "k", endpoint: server.url, temperature: "0.5" };
    const { components } = await load({ "a.yaml": component("llm", "conversation.openai", metadata) });
    const events = await collect(
      (components.get("llm") as NonNullable<ReturnType<typeof components.get>>).model.stream({
        ...ask,
        temperature: 1,
      }),
    );
    expect(server.requests[0]?.request.temperature).toBeUndefined();
    expect(events[0]).toMatchObject({
      warnings: [{ field: "temperature", message: "not sent: gpt-5-nano takes no temperature" }],
    });
  });

  it("Mistral is sent no labels, and the answer says so", async () => {
    const server = await openAi(HELLO);
    const { components } = await load({
      "a.yaml": component("llm", "conversation.mistral", { key: "k", endpoint: server.url }),
    });
    const stream = components.get("llm")?.model.stream({ ...ask, metadata: { a: "b" } });
    const events = stream === undefined ? [] : await collect(stream);
    expect(events[0]).toMatchObject({
      warnings: [{ field: "metadata", message: "not sent: Mistral keeps no labels" }],
    });
    expect(server.requests[0]?.request.metadata).toBeUndefined();
  });
});
