// The AWS SDK is not among this project's packages: these tests run against a fake that is written by hand after the
// documented interface of @aws-sdk/client-bedrock-runtime. They say nothing about the SDK itself.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { modelLaws } from "../../../../test/laws/model-laws.js";
import { collect } from "../../../../test/support/collect.js";
import { ManualClock } from "../../../../test/support/manual-clock.js";
import type { ChatModel } from "../../../stream/chat-model.js";
import type { ChatRequest } from "../../../stream/chat-request.js";
import { type LoadComponentsOptions, loadConversationComponents } from "../load-conversation-components.js";
import { bedrockModel } from "./bedrock-model.js";
import type { BedrockSdk, ConverseInput, ConverseOutput, ConverseStreamEvent } from "./bedrock-sdk.js";

/** A command remembers its input. */
class Command {
  readonly input: ConverseInput;
  constructor(input: ConverseInput) {
    this.input = input;
  }
}
class StreamCommand extends Command {}

/** What the fake answers: events of a stream, a whole answer, or an error. */
type Answer = readonly ConverseStreamEvent[] | ConverseOutput | Error;

class FakeBedrock {
  readonly inputs: ConverseInput[] = [];
  readonly options: unknown[] = [];
  aborted = false;
  readonly #answer: Answer;

  constructor(answer: Answer) {
    this.#answer = answer;
  }

  get sdk(): BedrockSdk {
    const fake = this;
    return {
      ConverseCommand: Command,
      ConverseStreamCommand: StreamCommand,
      BedrockRuntimeClient: class {
        constructor(options: unknown) {
          fake.options.push(options);
        }
        async send(command: object, { abortSignal }: { abortSignal: AbortSignal }) {
          abortSignal.addEventListener("abort", () => {
            fake.aborted = true;
          });
          if (!(command instanceof Command)) throw new Error("not a command");
          fake.inputs.push(command.input);
          const answer = fake.#answer;
          if (answer instanceof Error) throw answer;
          if (!(command instanceof StreamCommand)) return answer;
          return { stream: eventsOf(answer as readonly ConverseStreamEvent[]) };
        }
      },
    };
  }

  get model(): ChatModel {
    const { sdk } = this;
    const client = new sdk.BedrockRuntimeClient({ maxAttempts: 1 });
    return bedrockModel({ id: "llm", modelId: "model-1", sdk, client });
  }
}

async function* eventsOf(events: readonly ConverseStreamEvent[]): AsyncGenerator<ConverseStreamEvent> {
  for (const event of events) yield event;
}

const text = (words: string, contentBlockIndex = 0) => ({
  contentBlockDelta: { delta: { text: words }, contentBlockIndex },
});
const HELLO: ConverseStreamEvent[] = [
  text("Hel"),
  text("lo"),
  { contentBlockStop: { contentBlockIndex: 0 } },
  { messageStop: { stopReason: "end_turn" } },
  { metadata: { usage: { inputTokens: 3, outputTokens: 2, cacheReadInputTokens: 4 } } },
];
const ask: ChatRequest = { messages: [{ role: "user", content: "hi" }] };

/** An exception of the SDK. */
function exception(name: string, message: string, httpStatusCode: number): Error {
  return Object.assign(new Error(message), { name, $metadata: { httpStatusCode, requestId: "r1" } });
}

modelLaws("a model behind Bedrock", () => {
  const fake = new FakeBedrock(HELLO);
  return {
    model: fake.model,
    upstreamClosed: async () => {
      // A reader that leaves before anything was asked leaves nothing open.
      while (fake.inputs.length > 0 && !fake.aborted) await new Promise(setImmediate);
    },
  };
});

describe("a model behind Bedrock", () => {
  it("streams text, reasoning and tool calls", async () => {
    const fake = new FakeBedrock([
      { contentBlockDelta: { delta: { reasoningContent: { text: "hm" } }, contentBlockIndex: 0 } },
      { contentBlockDelta: { delta: { reasoningContent: { signature: "sig" } }, contentBlockIndex: 0 } },
      { contentBlockStop: { contentBlockIndex: 0 } },
      text("Let me see.", 1),
      { contentBlockStart: { start: { toolUse: { toolUseId: "t1", name: "weather" } }, contentBlockIndex: 2 } },
      { contentBlockDelta: { delta: { toolUse: { input: '{"city":' } }, contentBlockIndex: 2 } },
      { contentBlockDelta: { delta: { toolUse: { input: '"Oslo"}' } }, contentBlockIndex: 2 } },
      { contentBlockStop: { contentBlockIndex: 2 } },
      { messageStop: { stopReason: "tool_use" } },
      { metadata: { usage: { inputTokens: 3, outputTokens: 2, cacheReadInputTokens: 4 } } },
    ]);
    const stream = fake.model.stream(ask);
    const message = stream.message;
    const events = await collect(stream);
    expect(events.filter(({ type }) => type === "tool-input-delta")).toHaveLength(2);
    expect(events.at(-1)).toEqual({
      type: "finish",
      reason: "tool-calls",
      rawReason: "tool_use",
      usage: { inputTokens: 7, outputTokens: 2, cacheReadTokens: 4 },
    });
    expect((await message).content).toEqual([
      { type: "reasoning", text: "hm", opaque: { dialect: "bedrock", data: { signature: "sig" } } },
      { type: "text", text: "Let me see." },
      expect.objectContaining({ type: "tool-call", callId: "t1", name: "weather", input: { city: "Oslo" } }),
    ]);
  });

  it("answers whole where that is asked for, and says so", async () => {
    const fake = new FakeBedrock({
      output: {
        message: {
          content: [
            { reasoningContent: { reasoningText: { text: "hm", signature: "s" } } },
            { reasoningContent: { redactedContent: new Uint8Array([1]) } },
            { text: "Hello" },
            { toolUse: { toolUseId: "t", name: "n", input: { a: 1 } } },
          ],
        },
      },
      stopReason: "guardrail_intervened",
      usage: { inputTokens: 1, outputTokens: 2, cacheWriteInputTokens: 5 },
    });
    const events = await collect(fake.model.stream(ask, { streaming: false }));
    expect(events[0]).toMatchObject({ type: "start", simulated: true, model: "model-1" });
    expect(events.map(({ type }) => type).slice(1)).toEqual([
      "reasoning-delta",
      "reasoning-delta",
      "text-delta",
      "tool-call",
      "usage",
      "finish",
    ]);
    expect(events.at(-1)).toMatchObject({ reason: "content-filter", usage: { inputTokens: 6, cacheWriteTokens: 5 } });
  });

  it("asks as Converse is asked", async () => {
    const fake = new FakeBedrock(HELLO);
    const image = new Uint8Array([1, 2]);
    const request: ChatRequest = {
      messages: [
        { role: "system", content: "be brief" },
        {
          role: "user",
          content: [
            { type: "text", text: "look" },
            { type: "text", text: " " },
            { type: "file", mediaType: "image/png", data: image },
            { type: "file", mediaType: "application/pdf", data: image, filename: "a_b.pdf" },
          ],
        },
        {
          role: "assistant",
          content: [
            { type: "reasoning", text: "hm", opaque: { dialect: "bedrock", data: { signature: "s" } } },
            { type: "reasoning", text: "", opaque: { dialect: "bedrock", data: { redacted: "AQ==" } } },
            { type: "reasoning", text: "of another", opaque: { dialect: "anthropic", data: 1 } },
            { type: "tool-call", callId: "t1", name: "weather", input: { city: "Oslo" } },
            { type: "tool-call", callId: "t2", name: "weather", input: "no json", invalid: true },
          ],
        },
        {
          role: "tool",
          content: [
            { type: "tool-result", callId: "t1", name: "weather", output: { c: 12 } },
            { type: "tool-result", callId: "t2", name: "weather", output: "bad", isError: true },
          ],
        },
        { role: "user", content: "and now?" },
      ],
      tools: [{ name: "weather", description: "d", inputSchema: { type: "object" } }],
      toolChoice: { name: "weather" },
      temperature: 0.5,
      topP: 0.9,
      maxTokens: 9,
      stop: ["END"],
      seed: 1,
      metadata: { team: "a" },
    };
    const events = await collect(fake.model.stream(request));
    expect(events[0]).toMatchObject({ warnings: [{ field: "seed" }, { field: "messages[2]" }] });
    expect(fake.inputs).toEqual([
      {
        modelId: "model-1",
        system: [{ text: "be brief" }],
        messages: [
          {
            role: "user",
            content: [
              { text: "look" },
              { image: { format: "png", source: { bytes: image } } },
              { document: { format: "pdf", name: "a b pdf", source: { bytes: image } } },
            ],
          },
          {
            role: "assistant",
            content: [
              { reasoningContent: { reasoningText: { text: "hm", signature: "s" } } },
              { reasoningContent: { redactedContent: new Uint8Array([1]) } },
              { toolUse: { toolUseId: "t1", name: "weather", input: { city: "Oslo" } } },
              { toolUse: { toolUseId: "t2", name: "weather", input: { INVALID_JSON: "no json" } } },
            ],
          },
          {
            role: "user",
            content: [
              { toolResult: { toolUseId: "t1", content: [{ json: { c: 12 } }] } },
              { toolResult: { toolUseId: "t2", content: [{ text: "bad" }], status: "error" } },
              { text: "and now?" },
            ],
          },
        ],
        inferenceConfig: { maxTokens: 9, temperature: 0.5, topP: 0.9, stopSequences: ["END"] },
        toolConfig: {
          tools: [{ toolSpec: { name: "weather", description: "d", inputSchema: { json: { type: "object" } } } }],
          toolChoice: { tool: { name: "weather" } },
        },
        requestMetadata: { team: "a" },
      },
    ]);
  });

  it.each([
    ["auto", { auto: {} }],
    ["required", { any: {} }],
    [undefined, undefined],
  ] as const)("says the tool choice %s", async (toolChoice, written) => {
    const fake = new FakeBedrock(HELLO);
    const tools = [{ name: "a", inputSchema: { type: "object" } }];
    await fake.model.stream({ ...ask, tools, ...(toolChoice && { toolChoice }) }).fullText;
    expect(fake.inputs[0]?.toolConfig?.toolChoice).toEqual(written);
  });

  it("leaves the tools out where none may be called", async () => {
    const fake = new FakeBedrock(HELLO);
    await fake.model.stream({ ...ask, tools: [{ name: "a", inputSchema: {} }], toolChoice: "none" }).fullText;
    expect(fake.inputs[0]?.toolConfig).toBeUndefined();
  });

  it("declares the tools of earlier calls where the request has none", async () => {
    const fake = new FakeBedrock(HELLO);
    const called: ChatRequest["messages"] = [
      ...ask.messages,
      { role: "assistant", content: [{ type: "tool-call", callId: "t", name: "look", input: {} }] },
      { role: "tool", content: [{ type: "tool-result", callId: "t", name: "look", output: "seen" }] },
    ];
    await fake.model.stream({ messages: called }).fullText;
    expect(fake.inputs[0]?.toolConfig).toEqual({
      tools: [{ toolSpec: { name: "look", inputSchema: { json: { type: "object" } } } }],
    });
  });

  it("sends no description without a character", async () => {
    const fake = new FakeBedrock(HELLO);
    await fake.model.stream({ ...ask, tools: [{ name: "a", description: " ", inputSchema: {} }] }).fullText;
    expect(fake.inputs[0]?.toolConfig?.tools).toEqual([{ toolSpec: { name: "a", inputSchema: { json: {} } } }]);
  });

  it("shows images of results, and texts apart", async () => {
    const fake = new FakeBedrock(HELLO);
    const output = [
      { type: "text", text: "see" },
      { type: "image", data: "aGk=", mimeType: "image/jpeg" },
    ];
    const messages: ChatRequest["messages"] = [
      ...ask.messages,
      { role: "assistant", content: [{ type: "tool-call", callId: "t", name: "look", input: {} }] },
      { role: "tool", content: [{ type: "tool-result", callId: "t", name: "look", output }] },
    ];
    await fake.model.stream({ messages }).fullText;
    const bytes = new Uint8Array([104, 105]);
    expect(fake.inputs[0]?.messages[2]?.content[0]?.toolResult?.content).toEqual([
      { text: "see" },
      { image: { format: "jpeg", source: { bytes } } },
    ]);
  });

  it("refuses files that Bedrock does not take", async () => {
    const data = { url: "https://example.com/a.png" };
    const stream = new FakeBedrock(HELLO).model.stream({
      messages: [{ role: "user", content: [{ type: "file", mediaType: "image/png", data }] }],
    });
    await expect(stream.fullText).rejects.toMatchObject({ code: "unsupported" });
  });

  it.each([
    [
      exception("ThrottlingException", "slow down", 429),
      { code: "rate-limited", retryable: true, status: 429, requestId: "r1" },
    ],
    [exception("AccessDeniedException", "no", 403), { code: "permission", retryable: false }],
    [exception("ValidationException", "Input is too long for requested model.", 400), { code: "context-length" }],
    [exception("ValidationException", "bad", 400), { code: "rejected", providerCode: "ValidationException" }],
    [new Error("who knows"), { code: "provider-error", retryable: false, message: "who knows" }],
  ])("says what went wrong: %s", async (error, expected) => {
    await expect(new FakeBedrock(error).model.stream(ask).fullText).rejects.toMatchObject(expected);
  });

  it("says that a stream was cut", async () => {
    const stream = new FakeBedrock(HELLO.slice(0, 2)).model.stream(ask);
    await expect(stream.fullText).rejects.toMatchObject({ code: "truncated", partial: { text: "Hello" } });
  });
});

describe("the component conversation.aws.bedrock", () => {
  let folder = "";
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "sluice-bedrock-"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  function load(metadata: Record<string, string>, options: Partial<LoadComponentsOptions>, more = "") {
    const items = Object.entries(metadata).map(([name, value]) => `  - name: ${name}\n    value: ${value}\n`);
    const head = "apiVersion: dapr.io/v1alpha1\nkind: Component\nmetadata:\n  name: llm\n";
    const spec = `spec:\n  type: conversation.aws.bedrock\n  version: v1\n${more}  metadata:\n${items.join("")}`;
    writeFileSync(join(folder, "a.yaml"), head + spec);
    return loadConversationComponents({ resourcesPath: folder, appId: "app", env: {}, ...options });
  }

  it("makes its client of the metadata", async () => {
    const fake = new FakeBedrock(HELLO);
    const keys = { accessKey: "AK", secretKey: "SK", sessionToken: "ST" };
    const metadata = { region: "eu-west-1", endpoint: "http://here", model: "m", maxTokens: "5", ...keys };
    const { components } = await load(metadata, { importPackage: async () => fake.sdk });
    const llm = components.get("llm");
    expect(fake.options).toEqual([
      {
        region: "eu-west-1",
        endpoint: "http://here",
        credentials: { accessKeyId: "AK", secretAccessKey: "SK", sessionToken: "ST" },
        maxAttempts: 1,
      },
    ]);
    expect(llm?.modelName).toBe("m");
    expect(await llm?.model.stream(ask).fullText).toBe("Hello");
    expect(fake.inputs[0]).toMatchObject({ modelId: "m", inferenceConfig: { maxTokens: 5 } });
  });

  it("takes on a role with the SDK's own credentials", async () => {
    const fake = new FakeBedrock(HELLO);
    const asked: unknown[] = [];
    const providers = { fromTemporaryCredentials: (options: unknown) => asked.push(options) && "role" };
    const importPackage = async (name: string) => (name.endsWith("credential-providers") ? providers : fake.sdk);
    const { components } = await load({ assumeRoleArn: "arn:role" }, { importPackage });
    expect(asked).toEqual([{ params: { RoleArn: "arn:role", RoleSessionName: "sluice" } }]);
    expect(fake.options).toEqual([{ credentials: "role", maxAttempts: 1 }]);
    expect(components.get("llm")?.modelName).toBeUndefined();
  });

  it("needs the SDK, and says how to get it", async () => {
    const missing = (name: string) =>
      Promise.reject(Object.assign(new Error(`Cannot find package '${name}'`), { code: "ERR_MODULE_NOT_FOUND" }));
    await expect(load({}, { importPackage: missing })).rejects.toThrow(
      "is not installed: npm install @aws-sdk/client-bedrock-runtime@3",
    );
    await expect(load({}, { importPackage: async () => ({}) })).rejects.toThrow("has no ConverseStreamCommand");
    await expect(load({ trustAnchorArn: "arn" }, {})).rejects.toThrow("IAM Roles Anywhere is not supported here");
  });

  it("has its time to start", async () => {
    const clock = new ManualClock();
    const loading = load({}, { clock, importPackage: () => new Promise(() => {}) }, "  initTimeout: 2s\n");
    const failed = expect(loading).rejects.toThrow(
      "init timeout for component llm (conversation.aws.bedrock/v1) after 2s",
    );
    await clock.timer(2_000);
    clock.advance(2_000);
    await failed;
  });
});
