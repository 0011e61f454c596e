import { afterEach, describe, expect, it } from "vitest";
import { refuse, whole } from "../../test/faults/behaviours.js";
import { FRAMES, REQUEST, TEXT } from "../../test/faults/chat-answer.js";
import { FaultServer } from "../../test/faults/fault-server.js";
import { openAiChat } from "../dialects/openai-chat/openai-chat.js";
import type { ChatRequest } from "../stream/chat-request.js";
import { SluiceError } from "../stream/error.js";
import type { Provider } from "./provider.js";
import type { ModelOptions } from "./provider-service.js";
import { PROVIDERS } from "./providers.js";
import { configuredProviders, model, Registry } from "./registry.js";

let server: FaultServer | undefined;

afterEach(async () => {
  await server?.stop();
  server = undefined;
});

function refusal(id: string, options: ModelOptions = {}): SluiceError {
  try {
    model(id, { env: {}, ...options });
  } catch (error) {
    if (error instanceof SluiceError) return error;
    throw error;
  }
  throw new Error(`${id} was not refused`);
}

/** What a call of the model sends, first thing. */
async function sent(
  id: string,
  options: ModelOptions,
  frames = FRAMES,
): Promise<{ url: string; headers: Record<string, string> }> {
  let request: { url: string; headers: Record<string, string> } | undefined;
  const fetch = async (url: unknown, init?: RequestInit) => {
    request = { url: String(url), headers: Object.fromEntries(new Headers(init?.headers)) };
    return new Response(frames.join(""), { headers: { "content-type": "text/event-stream" } });
  };
  const chat = model(id, { env: {}, ...options, fetch: fetch as typeof globalThis.fetch });
  expect(await chat.stream(REQUEST).fullText).toBe(TEXT);
  if (request === undefined) throw new Error("nothing was sent");
  return request;
}

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
    server = await FaultServer.start(
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
    server = await FaultServer.start(refuse(200, [{ id: "x/y", context_length: 10 }]));
    const chat = model("together/x", { apiKey: "k", baseUrl: server.url });
    expect(await chat.list?.()).toEqual([{ id: "together/x/y", contextWindow: 10 }]);
  });

  it("are not listed where the provider cannot say", () => {
    expect(model("perplexity/sonar", { apiKey: "k" }).list).toBeUndefined();
  });

  it("fail with a typed error", async () => {
    server = await FaultServer.start(
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
    server = await FaultServer.start(whole(FRAMES));
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
