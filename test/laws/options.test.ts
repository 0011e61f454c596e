import { describe, expect, test } from "vitest";
import type { CallingDialect, WireRequest } from "../../src/dialects/dialect.js";
import { DIALECTS } from "../../src/dialects/recognise-wire.js";
import { CALLED_DIALECTS } from "../../src/models/called-dialects.js";
import { PROVIDERS } from "../../src/models/providers.js";
import type { ChatRequest, ReasoningOptions, ToolDefinition } from "../../src/stream/chat-request.js";
import { SluiceError } from "../../src/stream/error.js";

type Options = Omit<ChatRequest, "messages">;

/** A value for an option, and what the request has beside it. */
interface Given {
  what: string;
  options: Options;
  beside?: Options;
}

const LOOK: ToolDefinition = { name: "look", inputSchema: { type: "object", properties: { at: { type: "string" } } } };
const SCHEMA = { type: "object", properties: { city: { type: "string" } } };

function values<K extends keyof Options>(key: K, ...all: Required<Options>[K][]): Given[] {
  return all.map((value) => ({ what: `${key} ${JSON.stringify(value)}`, options: { [key]: value } }));
}

function withTools<K extends keyof Options>(key: K, ...all: Required<Options>[K][]): Given[] {
  return values(key, ...all).map((given) => ({
    ...given,
    options: { ...given.options, tools: [LOOK] },
    beside: { tools: [LOOK] },
  }));
}

function reasoning(...all: ReasoningOptions[]): Given[] {
  return values("reasoning", ...all);
}

/** All that can be asked for: an option that is added must be added here. */
const OPTIONS: { [K in Exclude<keyof Options, "providerOptions">]-?: Given[] } = {
  tools: [
    ...values("tools", [LOOK], [{ dialect: "another", type: "search" }]),
    {
      what: "the description of a tool",
      options: { tools: [{ ...LOOK, description: "Looks." }] },
      beside: { tools: [LOOK] },
    },
  ],
  toolChoice: withTools("toolChoice", "auto", "none", "required", { name: "look" }),
  parallelToolCalls: withTools("parallelToolCalls", true, false),
  temperature: values("temperature", 0, 0.37, 1.7),
  topP: values("topP", 0.61),
  topK: values("topK", 17),
  maxTokens: values("maxTokens", 5_077),
  stop: values("stop", ["END"], ["a", "b", "c", "d", "e", "f"]),
  seed: values("seed", 0, 7),
  presencePenalty: values("presencePenalty", 0.3, -1),
  frequencyPenalty: values("frequencyPenalty", 0.2, -1),
  reasoning: [
    ...reasoning({ effort: "none" }, { effort: "minimal" }, { effort: "low" }, { effort: "medium" }),
    ...reasoning({ effort: "high" }, { effort: "max" }, { budgetTokens: 2_048 }),
    ...reasoning({ summary: "auto" }, { summary: "concise" }, { summary: "detailed" }, { summary: "none" }),
  ],
  responseFormat: values(
    "responseFormat",
    { type: "text" },
    { type: "json" },
    { type: "json-schema", name: "place", schema: SCHEMA },
    { type: "json-schema", name: "place", schema: SCHEMA, strict: true },
  ),
  user: values("user", "user-1"),
  metadata: values("metadata", { team: "blue" }),
};

const { anthropic, gemini, ollama, openAiResponses } = CALLED_DIALECTS;

/** Protocols between a page and its server: what they hand on is up to the model behind. */
const OF_APPLICATIONS = ["native", "ai-sdk-ui", "ag-ui"];

/** A model of each kind that a dialect tells apart, and the services that differ from their protocol. */
const CALLED: readonly [who: string, dialect: CallingDialect, model: string][] = [
  ...DIALECTS.filter(({ name }) => !OF_APPLICATIONS.includes(name)).flatMap(
    (dialect): [string, CallingDialect, string][] =>
      modelsOf(dialect.name).map((model) => [`${dialect.name} ${model}`, dialect, model]),
  ),
  ...PROVIDERS.filter(({ dialect }) => ![anthropic, gemini, ollama, openAiResponses].includes(dialect)).map(
    ({ id, dialect }): [string, CallingDialect, string] => [id, dialect, "model-1"],
  ),
];
await Promise.all(CALLED.map(([, dialect]) => dialect.load?.()));

function modelsOf(dialect: string): string[] {
  if (dialect === "anthropic") return ["claude-3-5-haiku-latest", "claude-sonnet-4-5", "claude-opus-4-7"];
  if (dialect === "gemini") return ["gemini-2.0-flash", "gemini-2.5-pro", "gemini-3-pro-preview"];
  return dialect.startsWith("openai") ? ["gpt-4o", "gpt-5"] : ["llama3.2"];
}

/** What need not be said, since the provider does it anyway. */
const DONE_ANYWAY: readonly [who: RegExp, what: string][] = [
  [/^(anthropic|gemini|ollama)/, 'responseFormat {"type":"text"}'],
  [/^(gemini|ollama )/, "parallelToolCalls true"],
  [/^ollama /, 'toolChoice "auto"'],
  [/^openai-responses/, 'reasoning {"summary":"none"}'],
  [/^(gemini gemini-2.0|anthropic claude-opus-4-7)/, 'reasoning {"effort":"none"}'],
];

type Outcome = "sent" | "refused" | "warned" | "nothing";

function outcome(dialect: CallingDialect, model: string, key: string, { options, beside = {} }: Given): Outcome {
  const write = (more: Options): WireRequest =>
    dialect.writeRequest({ messages: [{ role: "user", content: "Hi" }], ...more }, { model, stream: true });
  const about = (field = "") => field === key || field.startsWith(`${key}.`) || field.startsWith(`${key}[`);
  try {
    const [plain, asked] = [write(beside), write(options)];
    if (asked.warnings.some(({ field }) => about(field))) return "warned";
    const said = ({ body, headers = {} }: WireRequest) => JSON.stringify([body, headers]);
    return said(asked) === said(plain) ? "nothing" : "sent";
  } catch (error) {
    if (!(error instanceof SluiceError)) throw error;
    expect(about(error.field) || error.field === "tools").toBe(true);
    expect(["unsupported", "invalid-argument"]).toContain(error.code);
    return "refused";
  }
}

describe("an option is sent, refused by name or warned about, never dropped", () => {
  test.each(CALLED)("%s", (who, dialect, model) => {
    const dropped = Object.entries(OPTIONS).flatMap(([key, all]) =>
      all.filter((given) => outcome(dialect, model, key, given) === "nothing").map(({ what }) => what),
    );
    const expected = DONE_ANYWAY.filter(([whose]) => whose.test(who)).map(([, what]) => what);
    expect(dropped.sort()).toEqual(expected.sort());
  });

  test.each(CALLED)("%s takes options of its own, and no other's", (_, dialect, model) => {
    const write = (providerOptions: NonNullable<Options["providerOptions"]>) =>
      dialect.writeRequest({ messages: [{ role: "user", content: "Hi" }], providerOptions }, { model, stream: true });
    expect(write({ [dialect.name]: { flavour: "plum" } }).body).toHaveProperty("flavour", "plum");
    expect(write({ another: { flavour: "plum" } }).body).not.toHaveProperty("flavour");
  });

  test.each(CALLED)("%s refuses another provider's tool", (_, dialect, model) => {
    const given = { what: "", options: { tools: [{ dialect: "another", type: "search" }] } };
    expect(outcome(dialect, model, "tools", given)).toBe("refused");
  });
});
