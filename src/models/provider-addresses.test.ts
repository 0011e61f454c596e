import { describe, expect, it } from "vitest";
import { refuse } from "../../test/faults/behaviours.js";
import { TEXT } from "../../test/faults/chat-answer.js";
import { refusal, sent, startServer } from "../../test/support/named-model.js";
import { openAiChat } from "../dialects/openai-chat/openai-chat.js";
import { model } from "./named-model.js";
import type { ModelOptions } from "./provider-service.js";

describe("an address", () => {
  it.each<[id: string, options: ModelOptions, url: string]>([
    ["openai/gpt-5", { dialect: openAiChat }, "https://api.openai.com/v1/chat/completions"],
    ["openai/gpt-4.1", {}, "https://api.openai.com/v1/chat/completions"],
    ["deepseek/deepseek-chat", {}, "https://api.deepseek.com/chat/completions"],
    ["fireworks/accounts/fireworks/models/x", {}, "https://api.fireworks.ai/inference/v1/chat/completions"],
    ["lmstudio/qwen/qwen3", {}, "http://localhost:1234/v1/chat/completions"],
    ["vllm/x", {}, "http://localhost:8000/v1/chat/completions"],
    ["llamacpp/x", {}, "http://localhost:8080/v1/chat/completions"],
    ["openai/x", { env: { OPENAI_BASE_URL: "http://gate.test/v2/" } }, "http://gate.test/v2/chat/completions"],
    ["openai/x", { baseUrl: "http://gate.test:81" }, "http://gate.test:81/v1/chat/completions"],
    ["groq/x", { env: { GROQ_BASE_URL: "https://api.groq.com" } }, "https://api.groq.com/openai/v1/chat/completions"],
    ["perplexity/sonar", { baseUrl: "http://gate.test" }, "http://gate.test/chat/completions"],
    ["openai/x", { query: { tag: "a b" } }, "https://api.openai.com/v1/chat/completions?tag=a+b"],
    ["azure/chat", azure({}), "https://me.openai.azure.com/openai/v1/chat/completions"],
    [
      "azure/my chat",
      azure({ OPENAI_API_VERSION: "2024-10-21" }),
      "https://me.openai.azure.com/openai/deployments/my%20chat/chat/completions?api-version=2024-10-21",
    ],
    [
      "azure/chat",
      azure({ AZURE_OPENAI_API_VERSION: "preview" }),
      "https://me.openai.azure.com/openai/v1/chat/completions?api-version=preview",
    ],
    [
      "azure/chat",
      { ...azure({ AZURE_OPENAI_ENDPOINT: "" }), baseUrl: "https://gate.test/openai/deployments/d" },
      "https://gate.test/openai/deployments/d/chat/completions",
    ],
    [
      "azure/chat",
      azure({ AZURE_OPENAI_ENDPOINT: "", AZURE_RESOURCE_NAME: "mine" }),
      "https://mine.openai.azure.com/openai/v1/chat/completions",
    ],
  ])("of %s with %j is %s", async (id, options, url) => {
    expect((await sent(id, { apiKey: "k", ...options })).url).toBe(url);
  });

  it.each(["gpt-5", "gpt-5.2-codex", "o3-mini", "o1"])(
    "of openai/%s, which thinks, is that of responses",
    async (name) => {
      const item = { type: "message", content: [{ type: "output_text", text: TEXT }] };
      const frames = [
        { type: "response.output_item.done", output_index: 0, item },
        { type: "response.completed", response: { id: "resp_1", status: "completed", output: [item] } },
      ].map((event) => `data: ${JSON.stringify(event)}\n\n`);
      expect((await sent(`openai/${name}`, { apiKey: "k" }, frames)).url).toBe("https://api.openai.com/v1/responses");
    },
  );

  it("of a provider alone is that of the model its variable names", async () => {
    const env = { OLLAMA_DEFAULT_MODEL: "llama3.2" };
    expect(model("ollama", { env }).id).toBe("ollama/llama3.2");
    expect(refusal("ollama", { env: {} }).message).toContain("or set OLLAMA_DEFAULT_MODEL");
  });

  it("that is missing names the variable", () => {
    const error = refusal("azure/chat", { apiKey: "k" });
    expect(error).toMatchObject({ code: "missing-key", field: "baseUrl" });
    expect(error.message).toContain("AZURE_OPENAI_ENDPOINT");
  });

  it("that is none is refused by the name of the variable that it stands in", () => {
    const error = refusal("azure/chat", { apiKey: "k", env: { AZURE_OPENAI_ENDPOINT: "me.openai.azure.com" } });
    expect(error).toMatchObject({ code: "invalid-argument", field: "AZURE_OPENAI_ENDPOINT" });
  });

  it.each(["api.openai.com", "ftp://a.test", "http://u:p@a.test/v1", "http://a.test/v1?x=1"])(
    "%s is refused",
    (baseUrl) => {
      expect(refusal("openai/x", { apiKey: "k", baseUrl })).toMatchObject({
        code: "invalid-argument",
        field: "baseUrl",
      });
    },
  );

  function azure(env: Record<string, string>): ModelOptions {
    return { env: { AZURE_OPENAI_ENDPOINT: "https://me.openai.azure.com", ...env } };
  }
});

describe("headers", () => {
  it("come from variables, from the model and from the call, the later ones winning", async () => {
    const env = { OPENAI_ORG_ID: "org-1", OPENAI_PROJECT_ID: "" };
    const { headers } = await sent("openai/x", { apiKey: "k", env, headers: { "X-Title": "Sluice" } });
    expect(headers).toMatchObject({ "openai-organization": "org-1", "x-title": "Sluice", authorization: "Bearer k" });
    expect(headers["openai-project"]).toBeUndefined();
    const own = await sent("openai/x", { apiKey: "k", headers: { Authorization: "Basic abc" } });
    expect(own.headers.authorization).toBe("Basic abc");
  });
});

describe("the models of a provider", () => {
  it("are listed with what it says of them", async () => {
    const server = await startServer(
      refuse(200, {
        data: [
          { id: "a", created: 1_700_000_000, context_window: 4096 },
          { id: "b", name: "Bee", created: 0, max_model_len: 8 },
          { object: "no id" },
        ],
      }),
    );
    const chat = model("groq/a", { apiKey: "k", baseUrl: `${server.url}/v1` });
    expect(await chat.list?.()).toEqual([
      { id: "groq/a", created: "2023-11-14T22:13:20.000Z", contextWindow: 4096 },
      { id: "groq/b", name: "Bee", contextWindow: 8 },
    ]);
    expect(server.received[0]).toMatchObject({ line: "GET /v1/models", headers: { authorization: "Bearer k" } });
  });

  it("are listed where the list has nothing around it", async () => {
    const server = await startServer(refuse(200, [{ id: "x/y", context_length: 10 }]));
    const chat = model("together/x", { apiKey: "k", baseUrl: server.url });
    expect(await chat.list?.()).toEqual([{ id: "together/x/y", contextWindow: 10 }]);
  });

  it("are not listed where the provider cannot say", () => {
    expect(model("perplexity/sonar", { apiKey: "k" }).list).toBeUndefined();
  });

  it("fail with a typed error", async () => {
    const server = await startServer(
      refuse(401, { error: { message: "no", code: "invalid_api_key" } }),
      refuse(200, "?"),
    );
    const chat = model("openai/x", { apiKey: "k", baseUrl: server.url });
    await expect(chat.list?.()).rejects.toMatchObject({ code: "authentication", model: "openai/x" });
    await expect(chat.list?.()).rejects.toMatchObject({ code: "malformed-frame" });
    await expect(chat.list?.({ signal: AbortSignal.abort("no") })).rejects.toMatchObject({
      code: "cancelled",
      cause: "no",
    });
  });
});
