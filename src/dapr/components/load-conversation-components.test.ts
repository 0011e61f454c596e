import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { describe, expect, it } from "vitest";
import { collect } from "../../../test/support/collect.js";
import { ManualClock } from "../../../test/support/manual-clock.js";
import type { Script } from "../../../test/support/serve-dialect.js";
import { component, openAi, useComponents } from "../../../test/support/use-components.js";
import type { ChatEvent } from "../../stream/chat-event.js";
import { SluiceError } from "../../stream/error.js";

const { load } = useComponents();
const START: ChatEvent = { type: "start", id: "a", model: "m" };
const FINISH: ChatEvent = { type: "finish", reason: "stop", usage: { inputTokens: 2, outputTokens: 1 } };
const HELLO: Script = [START, { type: "text-delta", text: "Hel" }, { type: "text-delta", text: "lo" }, FINISH];
const ask = { messages: [{ role: "user" as const, content: "hi" }] };

describe("a file as Windows writes it", () => {
  it.each(["\r\n", "\n", "\r"])("with line ends %j holds the same", async (end) => {
    const openai = component("a", "conversation.openai", { key: "sk" });
    const text = `\ufeff---\n${openai}---\n${component("b", "conversation.echo")}`.replaceAll("\n", end);
    const { components, notices } = await load({ "a.yaml": text });
    expect(notices.filter(({ level }) => level !== "info")).toEqual([]);
    expect([...components.keys()]).toEqual(["a", "b"]);
  });
});

describe("a message of nothing but text", () => {
  it.each(["deepseek", "mistral", "ollama", "huggingface", "openai"])(
    "reaches conversation.%s as a string",
    async (kind) => {
      const bodies: string[] = [];
      const server = createServer(async (request, response) => {
        bodies.push(await text(request));
        response.writeHead(401).end("{}");
      }).listen(0, "127.0.0.1");
      await once(server, "listening");
      const { port } = server.address() as AddressInfo;
      const metadata = { key: "sk", endpoint: `http://127.0.0.1:${port}/v1` };
      const { components } = await load({ "a.yaml": component("llm", `conversation.${kind}`, metadata) });
      const content = [{ type: "text" as const, text: "hi" }];
      await components
        .get("llm")
        ?.model.stream({
          messages: [
            { role: "system", content },
            { role: "user", content },
          ],
        })
        .fullText.catch(() => {});
      server.closeAllConnections();
      server.close();
      expect(JSON.parse(bodies[0] ?? "").messages.map((message: { content: unknown }) => message.content)).toEqual([
        "hi",
        "hi",
      ]);
    },
  );
});

describe("a key that waits for a variable", () => {
  const authorized = async (key: string, env: Record<string, string>) => {
    const seen: unknown[] = [];
    const server = createServer((request, response) => {
      seen.push(request.headers.authorization);
      response.writeHead(401).end("{}");
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const yaml = component("llm", "conversation.openai", { key, endpoint: `http://127.0.0.1:${port}/v1` });
    const { components, notices } = await load({ "a.yaml": yaml }, { env });
    await components
      .get("llm")
      ?.model.stream(ask)
      .fullText.catch(() => {});
    server.closeAllConnections();
    server.close();
    return [seen[0], notices.filter(({ level }) => level === "warning")] as const;
  };

  it.each([`\${OPENAI_API_KEY}`, `\${{OPENAI_API_KEY}}`, "{{OPENAI_API_KEY}}", "$OPENAI_API_KEY"])(
    "as %s is warned about, and the variable that is exported wins",
    async (key) => {
      const [sent, warnings] = await authorized(key, { OPENAI_API_KEY: "sk-real" });
      expect(sent).toBe("Bearer sk-real");
      expect(warnings).toEqual([{ level: "warning", message: expect.stringContaining("OPENAI_API_KEY") }]);
    },
  );

  it("is sent as it stands where nothing is exported, with the warning", async () => {
    const [sent, warnings] = await authorized(`\${OPENAI_API_KEY}`, {});
    expect(sent).toBe(`Bearer \${OPENAI_API_KEY}`);
    expect(warnings).toHaveLength(1);
  });

  it("and a key that is one is not touched", async () => {
    const [sent, warnings] = await authorized("sk-$x{y}", { OPENAI_API_KEY: "sk-other" });
    expect([sent, warnings]).toEqual(["Bearer sk-$x{y}", []]);
  });
});

describe("conversation components", () => {
  it("stream from the provider that their YAML names", async () => {
    const server = await openAi(HELLO);
    const metadata = { key: "sk", model: "gpt-4.1", endpoint: `${server.url}/v1`, temperature: "0.5", maxTokens: "9" };
    const { components, notices } = await load({ "a.yaml": component("llm", "conversation.openai", metadata) });
    const llm = components.get("llm");
    expect(llm).toMatchObject({ name: "llm", type: "conversation.openai", modelName: "gpt-4.1", zeroUsage: false });
    expect(await collect((llm as NonNullable<typeof llm>).model.stream(ask).text)).toEqual(["Hel", "lo"]);
    expect(server.requests[0]).toMatchObject({
      model: "gpt-4.1",
      stream: true,
      request: { temperature: 0.5, maxTokens: 9 },
    });
    expect(notices.at(-1)?.message).toBe("Component loaded: llm (conversation.openai/v1)");
  });

  it("run echo without any metadata", async () => {
    const { components } = await load(
      { "a.yaml": component("echo", "conversation.echo", { a: "1", A: "2" }) },
      { echoPauseMs: 0 },
    );
    const echo = components.get("echo");
    expect(echo?.zeroUsage).toBe(true);
    expect(echo?.modelName).toBeUndefined();
    expect(await echo?.model.stream(ask).fullText).toBe("hi");
  });

  it("leave components of other categories to a daprd", async () => {
    const { components, resources } = await load({ "a.yaml": component("store", "state.redis") });
    expect(components.size).toBe(0);
    expect(resources.components.map(({ name }) => name)).toEqual(["store"]);
  });

  it.each([
    [
      component("foo", "conversation.foo"),
      "process component foo error: [INIT_COMPONENT_FAILURE]: initialization error occurred for foo (conversation.foo/v1): [CREATE_COMPONENT_FAILURE]: initialization error occurred for foo (conversation.foo/v1): couldn't find conversation conversation.foo/v1",
    ],
    [component("foo", "conversations.openai"), "process component foo error: incorrect type conversations.openai"],
    [
      component("foo", "conversation.echo").replace("v1\n", "v1\n").replace("version: v1", "version: v2"),
      "couldn't find conversation conversation.echo/v2",
    ],
    [
      component("foo", "conversation.openai"),
      "initialization error occurred for foo (conversation.openai/v1): missing the OpenAI API key, set it in the OPENAI_API_KEY environment variable",
    ],
    [
      component("foo", "conversation.anthropic"),
      "missing the Anthropic API key, set it in the ANTHROPIC_API_KEY environment variable",
    ],
    [component("foo", "conversation.mistral"), "mistral api key is required"],
    [
      component("foo", "conversation.openai", { key: "k", apiType: "azure", endpoint: "https://x" }),
      "endpoint and apiVersion must be provided when apiType is set to 'azure'",
    ],
    [
      component("foo", "conversation.anthropic", { key: "k", apiType: "Foundry" }),
      "endpoint must be provided when apiType is set to 'foundry'",
    ],
    [component("foo", "conversation.ollama", { model: "a", Model: "b" }), "duplicate property found: model"],
    [component("foo", "conversation.ollama", { cacheTTL: "soon" }), 'time: invalid duration "soon"'],
    [component("foo", "conversation.ollama", { temperature: "hot" }), 'temperature: found "hot"; allowed: a number'],
    [component("foo", "conversation.ollama", { maxTokens: "many" }), 'maxTokens: found "many"; allowed: a whole'],
    [component("foo", "conversation.ollama", { key: "a b" }), "key: only printable ASCII"],
  ])("end the start when they cannot run: %#", async (yaml, message) => {
    await expect(load({ "a.yaml": yaml })).rejects.toThrow(message);
    const { components, notices } = await load({
      "a.yaml": yaml.replace("  metadata:", "  ignoreErrors: true\n  metadata:"),
    });
    expect(components.size).toBe(0);
    expect(notices.at(-1)?.message).toContain(message);
  });

  it("ignore a limit that is none, and say so", async () => {
    const { notices } = await load({ "a.yaml": component("foo", "conversation.ollama", { maxTokens: "0" }) });
    expect(notices[0]?.message).toBe("ignoring non-positive maxTokens component default 0");
  });
});

describe("a response cache", () => {
  const metadata = (url: string) => ({ key: "k", endpoint: url, responseCacheTTL: "10m" });

  it("answers the same request again without a call, and says that it was there", async () => {
    const server = await openAi(HELLO);
    const clock = new ManualClock();
    const { components } = await load(
      { "a.yaml": component("llm", "conversation.ollama", metadata(server.url)) },
      { clock },
    );
    const model = components.get("llm")?.model;
    const events = async (request = ask) => {
      const stream = model?.stream(request);
      return stream === undefined ? [] : await collect(stream);
    };
    const first = await events();
    const second = await events();
    expect(server.requests).toHaveLength(1);
    expect(first[0]).not.toHaveProperty("simulated");
    expect(second[0]).toMatchObject({ type: "start", simulated: true });
    expect(second.filter(({ type }) => type === "text-delta")).toEqual([{ type: "text-delta", text: "Hello" }]);
    expect(second.at(-1)).toEqual(first.at(-1));
    await events({ messages: [{ role: "user", content: "other" }] });
    expect(server.requests).toHaveLength(2);
    clock.advance(600_000);
    await events();
    expect(server.requests).toHaveLength(3);
  });
});

describe("a Resiliency resource", () => {
  const resiliency = (spec: string) =>
    `apiVersion: dapr.io/v1alpha1\nkind: Resiliency\nmetadata:\n  name: mine\nspec:\n${spec}`;

  it("has failed calls made again before any output", async () => {
    const server = await openAi([new SluiceError("overloaded", "busy", { status: 529 })], HELLO);
    const clock = new ManualClock();
    const { components } = await load(
      {
        "a.yaml": component("llm", "conversation.ollama", { endpoint: server.url }),
        "r.yaml": resiliency(
          "  policies:\n    retries:\n      again: {policy: constant, duration: 7s, maxRetries: 3}\n  targets:\n    components:\n      llm:\n        outbound: {retry: again}\n",
        ),
      },
      { clock },
    );
    const text = components.get("llm")?.model.stream(ask).fullText;
    await clock.timer(7_000);
    clock.advance(7_000);
    expect(await text).toBe("Hello");
    expect(server.requests).toHaveLength(2);
  });

  it("that cannot be read is reported, and the start goes on", async () => {
    const { components, notices } = await load({
      "a.yaml": component("echo", "conversation.echo"),
      "r.yaml": resiliency("  policies:\n    timeouts: {general: soon}\n"),
    });
    expect(components.size).toBe(1);
    expect(notices[0]).toEqual({
      level: "error",
      message: 'Could not read resiliency policy mine: invalid duration "general", soon: time: invalid duration "soon"',
    });
  });
});
