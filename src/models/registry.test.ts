import { describe, expect, it } from "vitest";
import { whole } from "../../test/faults/behaviours.js";
import { FRAMES, REQUEST, TEXT } from "../../test/faults/chat-answer.js";
import { refusal, sent, startServer } from "../../test/support/named-model.js";
import { openAiChat } from "../dialects/openai-chat/openai-chat.js";
import type { ChatRequest } from "../stream/chat-request.js";
import { model } from "./named-model.js";
import type { Provider } from "./provider.js";
import type { ModelOptions } from "./provider-service.js";
import { PROVIDERS } from "./providers.js";
import { configuredProviders, Registry } from "./registry.js";

describe("a name that is none", () => {
  it("is told so where it is no text, as a variable that is not set", () => {
    const unset = undefined as unknown as string;
    expect(() => model(unset, { env: {} })).toThrow(
      expect.objectContaining({ code: "invalid-argument", field: "model" }),
    );
  });

  it.each([
    ["opnai/gpt-5", "openai/gpt-5"],
    ["gorq/llama-3.3-70b", "groq/llama-3.3-70b"],
    ["mistrall/mistral-small", "mistral/mistral-small"],
    ["gpt-4.1", "openai/gpt-4.1"],
    ["grok-4", "xai/grok-4"],
    ["ehco", "echo"],
    ["open", "openai"],
  ])("%s is told of %s", (id, meant) => {
    const error = refusal(id);
    expect(error).toMatchObject({ code: "unknown-model", model: id });
    expect(error.message).toContain(`did you mean ${meant}`);
  });

  it.each(["zephyr-7b", "", "/", "nobody/at-all"])("%j is told of all there are", (id) => {
    const error = refusal(id);
    expect(error.code).toBe("unknown-model");
    expect(error.message).toContain("the providers are openai, anthropic");
  });

  it("without a slash is told where one belongs", () => {
    expect(refusal("zephyr-7b").message).toContain("PROVIDER/MODEL");
    expect(refusal("openai").message).toContain("openai/MODEL");
    expect(refusal("openai/").message).toContain("openai/MODEL");
  });
});

describe("a key", () => {
  it("that is missing names the variable and where to get one", () => {
    const error = refusal("openai/gpt-5");
    expect(error).toMatchObject({ code: "missing-key", model: "openai/gpt-5", field: "apiKey" });
    expect(error.message).toContain("OPENAI_API_KEY");
    expect(error.message).toContain("https://platform.openai.com/api-keys");
    expect(refusal("together/x").message).toContain("TOGETHER_API_KEY or TOGETHER_AI_API_KEY");
    expect(refusal("groq/x", { env: { GROQ_API_KEY: " " } }).code).toBe("missing-key");
  });

  it("that no header can carry is refused and not shown", () => {
    const error = refusal("openai/gpt-5", { apiKey: "sk-abcdefghijklmnop\n" });
    expect(error).toMatchObject({ code: "invalid-argument", field: "apiKey" });
    expect(error.message).not.toContain("abcdef");
  });

  it("comes from the argument, or from the first variable that is set", async () => {
    const env = { TOGETHER_API_KEY: "", TOGETHER_AI_API_KEY: " key-2 \n" };
    expect((await sent("together/x", { env })).headers.authorization).toBe("Bearer key-2");
    expect((await sent("together/x", { env, apiKey: "key-1" })).headers.authorization).toBe("Bearer key-1");
  });

  it("is not needed for a server of one's own, and sent where it is given", async () => {
    expect((await sent("vllm/x", {})).headers.authorization).toBeUndefined();
    expect((await sent("vllm/x", { env: { VLLM_API_KEY: "k" } })).headers.authorization).toBe("Bearer k");
  });

  it("goes where the provider wants it", async () => {
    const azure = { env: { AZURE_OPENAI_API_KEY: "k", AZURE_OPENAI_ENDPOINT: "https://me.openai.azure.com" } };
    const { headers } = await sent("azure/chat", azure);
    expect(headers["api-key"]).toBe("k");
    expect(headers.authorization).toBeUndefined();
  });
});

describe("what is configured", () => {
  it("is told for each provider, with the variable to set for the rest", () => {
    const status = configuredProviders({ GROQ_API_KEY: "k", VLLM_BASE_URL: "http://gpu.test:8000/v1" });
    const by = Object.fromEntries(status.map((one) => [one.id, one]));
    expect(by.groq).toMatchObject({ configuredBy: "GROQ_API_KEY", local: false });
    expect(by.openai).toMatchObject({ toSet: "OPENAI_API_KEY", baseUrl: "https://api.openai.com/v1" });
    expect(by.openai?.configuredBy).toBeUndefined();
    expect(by.vllm).toMatchObject({ configuredBy: "VLLM_BASE_URL", baseUrl: "http://gpu.test:8000/v1", local: true });
    expect(by.lmstudio).toMatchObject({ toSet: "LMSTUDIO_BASE_URL", local: true });
    expect(status).toHaveLength(PROVIDERS.length);
  });

  it("needs both where there are two", () => {
    const azure = (env: Record<string, string>) => configuredProviders(env).find(({ id }) => id === "azure");
    expect(azure({})).toMatchObject({ toSet: "AZURE_OPENAI_API_KEY" });
    expect(azure({ AZURE_OPENAI_API_KEY: "k" })).toMatchObject({ toSet: "AZURE_OPENAI_ENDPOINT" });
    expect(azure({ AZURE_OPENAI_API_KEY: "k" })?.configuredBy).toBeUndefined();
    expect(azure({ AZURE_API_KEY: "k", AZURE_RESOURCE_NAME: "mine" })).toMatchObject({
      configuredBy: "AZURE_API_KEY",
      baseUrl: "https://mine.openai.azure.com",
    });
  });
});

describe("a registry of one's own", () => {
  const house: Provider = {
    id: "house",
    label: "The house",
    dialect: openAiChat,
    baseUrlEnv: ["HOUSE_URL"],
    keyEnv: ["HOUSE_KEY"],
    keyRequired: true,
    auth: { header: "x-house-key" },
    hint: "ask upstairs",
  };

  it("knows the providers that it is given", async () => {
    const server = await startServer(whole(FRAMES));
    const registry = new Registry([house]);
    const chat = registry.model("house/small", { env: { HOUSE_URL: server.url, HOUSE_KEY: "k" } });
    expect(await chat.stream(REQUEST).fullText).toBe(TEXT);
    expect(server.received[0]).toMatchObject({ line: "POST /chat/completions", headers: { "x-house-key": "k" } });
    expect(() => registry.model("openai/x")).toThrow("there is no provider");
    expect(() => registry.model("house/small", { env: {} })).toThrow("HOUSE_URL");
  });

  it("takes one more, and refuses an id that no name could have", () => {
    const registry = new Registry();
    registry.register(house);
    expect(registry.providers).toHaveLength(PROVIDERS.length + 1);
    expect(() => registry.register({ ...house, id: "a/b" })).toThrow("provider.id");
  });

  it("has echo without configuration", async () => {
    expect(model("echo").id).toBe("echo");
  });
});

describe("the table", () => {
  it.each(PROVIDERS.map((row) => [row.id, row] as const))("of %s is complete", (id, row) => {
    expect(id).toMatch(/^[a-z]+$/);
    expect(row.keyEnv.length + row.baseUrlEnv.length).toBeGreaterThan(1);
    expect(row.hint).not.toBe("");
    if (row.baseUrl !== undefined) expect(URL.canParse(row.baseUrl)).toBe(true);
  });

  it("has each id once", () => {
    expect(new Set(PROVIDERS.map(({ id }) => id)).size).toBe(PROVIDERS.length);
  });
});

describe("models that say their reasoning in tags", () => {
  const answered = async (name: string, options: ModelOptions = {}) => {
    const chunk = (delta: object, reason: string | null = null) =>
      `data: ${JSON.stringify({ id: "a", model: "m", choices: [{ index: 0, delta, finish_reason: reason }] })}\n\n`;
    const body = chunk({ content: "<think>Hm</think>Hi" }) + chunk({}, "stop");
    const fetch = () => Promise.resolve(new Response(body, { headers: { "content-type": "text/event-stream" } }));
    return model(name, { apiKey: "k", fetch, ...options }).stream({ messages: [{ role: "user", content: "Hi" }] })
      .fullText;
  };

  it("have it parted where the catalogue says so, or where it is asked for", async () => {
    expect(await answered("lmstudio/deepseek-r1-distill-qwen-7b")).toBe("Hi");
    expect(await answered("openai/gpt-4o", { thoughtTags: true })).toBe("Hi");
    expect(await answered("openai/gpt-4o")).toBe("<think>Hm</think>Hi");
    expect(await answered("lmstudio/qwen3-8b", { thoughtTags: false })).toBe("<think>Hm</think>Hi");
  });

  it.each([
    [{ open: "" }, "thoughtTags.open"],
    [{ opne: "<a>" }, "did you mean open?"],
    ["<think>", "true, false, or an object of tags"],
  ])("are refused at once where they are %j", (thoughtTags, words) => {
    const options = { apiKey: "k", thoughtTags } as ModelOptions;
    expect(() => model("openai/gpt-4o", options)).toThrow(words);
  });

  it("are refused a request at once, before their code is loaded", () => {
    const asked = { messages: [{ role: "usr", content: "Hi" }] } as unknown as ChatRequest;
    expect(() => model("openai/gpt-4o", { apiKey: "k", thoughtTags: true }).stream(asked)).toThrow("messages[0].role");
  });
});
