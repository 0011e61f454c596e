import { createServer, type IncomingMessage, type Server } from "node:http";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { SluiceError } from "../../stream/error.js";
import type { PriceTable } from "../prices/price-table.js";
import type { Provider } from "../provider.js";
import { PROVIDERS } from "../providers.js";
import { Registry } from "../registry.js";
import { cutBatches, embed } from "./embed.js";
import { embedder } from "./embedder.js";
import type { EmbeddingModel } from "./embedding-model.js";
import type { AiSdkEmbeddingModel } from "./from-ai-sdk-embedding.js";

/** What the server was sent, and what it answers: JSON, or a status and JSON. */
interface Sent {
  path: string;
  headers: IncomingMessage["headers"];
  body: Record<string, unknown>;
}
type Answer = (sent: Sent) => { status?: number; json: unknown };

let server: Server;
let url = "";
let answer: Answer = () => ({ json: {} });
const sent: Sent[] = [];

beforeAll(async () => {
  server = createServer(async (request, response) => {
    let text = "";
    for await (const piece of request) text += piece;
    const one = { path: request.url ?? "", headers: request.headers, body: JSON.parse(text) };
    sent.push(one);
    const { status = 200, json } = answer(one);
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(json));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  url = `http://127.0.0.1:${address.port}`;
});
afterAll(() => new Promise((resolve) => server.close(resolve)));

function serve(next: Answer): void {
  answer = next;
  sent.length = 0;
}

/** A vector that says which text it is of. */
const vectorOf = (text: unknown): number[] => [String(text).length, 1];
const texts = (body: Record<string, unknown>): unknown[] => (Array.isArray(body.input) ? body.input : []);

/** As OpenAI answers, but the last vector first: `index` counts. */
const openAi: Answer = ({ body }) => ({
  json: {
    object: "list",
    data: texts(body)
      .map((text, index) => ({ object: "embedding", index, embedding: vectorOf(text) }))
      .reverse(),
    model: "text-embedding-3-small",
    usage: { prompt_tokens: 10, total_tokens: 10 },
  },
});

const OPENAI = { baseUrl: "", apiKey: "k", env: {} };
const small = () => embedder("openai/text-embedding-3-small", { ...OPENAI, baseUrl: `${url}/v1` });
const PRICES: PriceTable = {
  models: [
    { provider: "openai", models: ["text-embedding-3-small"], input: 0.02, output: 0, source: "x", date: "2026-01-01" },
  ],
};

describe("OpenAI's protocol", () => {
  test("embeds in the order of the texts, with usage and cost", async () => {
    serve(openAi);
    const embedded = await embed(small(), ["a", "bb", "ccc"], { dimensions: 2, prices: PRICES });
    expect(embedded.vectors).toEqual([
      [1, 1],
      [2, 1],
      [3, 1],
    ]);
    expect(embedded.usage).toMatchObject({ inputTokens: 10 });
    expect(embedded.cost).toBeCloseTo(0.0000002, 15);
    expect(sent).toMatchObject([
      {
        path: "/v1/embeddings",
        headers: { authorization: "Bearer k" },
        body: { model: "text-embedding-3-small", input: ["a", "bb", "ccc"], dimensions: 2 },
      },
    ]);
  });

  test("cuts a long list into batches, and adds up what they used", async () => {
    serve(openAi);
    const many = Array.from({ length: 7 }, (_, index) => "x".repeat(index + 1));
    const { vectors, usage } = await embed(small(), many, { batchSize: 3, concurrency: 2 });
    expect(vectors.map(([first]) => first)).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(sent.map(({ body }) => texts(body).length).sort()).toEqual([1, 3, 3]);
    expect(usage.inputTokens).toBe(30);
  });

  test.each([
    [401, "authentication"],
    [400, "rejected"],
  ])("a status of %i is %s, with the provider's message", async (status, code) => {
    serve(() => ({ status, json: { error: { message: "no such thing", type: "invalid_request_error" } } }));
    await expect(embed(small(), ["a"])).rejects.toMatchObject({
      code,
      providerMessage: "no such thing",
      model: "openai/text-embedding-3-small",
    });
  });

  test("an answer that is too short, uneven or of no vectors is an error", async () => {
    for (const data of [
      [],
      [
        { index: 0, embedding: "AAAA" },
        { index: 1, embedding: [1] },
      ],
      [{ embedding: [1] }, { embedding: [1, 2] }],
    ]) {
      serve(() => ({ json: { data } }));
      await expect(embed(small(), ["a", "b"])).rejects.toMatchObject({ code: "malformed-frame" });
    }
    serve(() => ({
      json: {
        data: [
          { index: 1, embedding: [1] },
          { index: 1, embedding: [2] },
        ],
      },
    }));
    await expect(embed(small(), ["a", "b"])).rejects.toMatchObject({ code: "malformed-frame" });
  });

  test("tokens that a service does not say are unknown, and so is the cost", async () => {
    serve(() => ({ json: { data: [{ embedding: [1] }] } }));
    expect(await embed(small(), ["a"], { prices: PRICES })).toEqual({ vectors: [[1]], usage: {} });
  });
});

test("Gemini is asked in its own way", async () => {
  serve(({ body }) => ({
    json: { embeddings: Array.isArray(body.requests) ? body.requests.map(() => ({ values: [1, 2] })) : [] },
  }));
  const model = embedder("gemini/gemini-embedding-001", { baseUrl: `${url}/v1beta`, apiKey: "k", env: {} });
  const { vectors } = await embed(model, ["a", "b"], { dimensions: 2 });
  expect(vectors).toEqual([
    [1, 2],
    [1, 2],
  ]);
  expect(sent[0]).toMatchObject({
    path: "/v1beta/models/gemini-embedding-001:batchEmbedContents",
    headers: { "x-goog-api-key": "k" },
    body: {
      requests: [
        { model: "models/gemini-embedding-001", content: { parts: [{ text: "a" }] }, outputDimensionality: 2 },
        { content: { parts: [{ text: "b" }] } },
      ],
    },
  });
});

test("Ollama is asked in its own way, and never to cut a text", async () => {
  serve(({ body }) => ({ json: { model: "m", embeddings: texts(body).map(vectorOf), prompt_eval_count: 5 } }));
  const model = embedder("ollama/nomic-embed-text", { baseUrl: url, env: {} });
  expect(await embed(model, ["a", "bb"])).toMatchObject({
    vectors: [
      [1, 1],
      [2, 1],
    ],
    usage: { inputTokens: 5 },
  });
  expect(sent[0]).toMatchObject({
    path: "/api/embed",
    body: { model: "nomic-embed-text", input: ["a", "bb"], truncate: false },
  });
});

describe("the AI SDK's models", () => {
  const given: Parameters<AiSdkEmbeddingModel["doEmbed"]>[0][] = [];
  const make = (specificationVersion: AiSdkEmbeddingModel["specificationVersion"]): AiSdkEmbeddingModel => ({
    specificationVersion,
    provider: "vendor.embedding",
    modelId: "m",
    maxEmbeddingsPerCall: Promise.resolve(2),
    supportsParallelCalls: false,
    async doEmbed(options) {
      given.push(options);
      return { embeddings: options.values.map(vectorOf), usage: { tokens: options.values.length } };
    },
  });

  test.each(["v2", "v3", "v4"] as const)("of %s are asked in batches", async (version) => {
    given.length = 0;
    const { vectors, usage } = await embed(make(version), ["a", "bb", "ccc"]);
    expect(vectors.map(([first]) => first)).toEqual([1, 2, 3]);
    expect(given.map(({ values }) => values)).toEqual([["a", "bb"], ["ccc"]]);
    expect(usage.inputTokens).toBe(3);
  });

  test("before v4 take no dimensions", async () => {
    await expect(embed(make("v3"), ["a"], { dimensions: 2 })).rejects.toMatchObject({ code: "unsupported" });
    given.length = 0;
    await embed(make("v4"), ["a"], { dimensions: 2 });
    expect(given[0]?.dimensions).toBe(2);
  });

  test("fail with our errors", async () => {
    const failing = {
      ...make("v4"),
      doEmbed: () => Promise.reject(Object.assign(new Error("slow down"), { statusCode: 429 })),
    };
    await expect(embed(failing, ["a"])).rejects.toMatchObject({ code: "rate-limited", model: "vendor.embedding/m" });
  });
});

describe("a list of batches", () => {
  const own = (embedTexts: EmbeddingModel["embedTexts"]): EmbeddingModel => ({ id: "own", maxTexts: 1, embedTexts });

  test("holds every text once, within both limits", () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ minLength: 1, maxLength: 9 })),
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: 1, max: 20 }),
        (all, most, chars) => {
          const batches = cutBatches(all, most, chars);
          expect(batches.flat()).toEqual(all);
          for (const batch of batches) {
            expect(batch.length).toBeLessThanOrEqual(most);
            if (batch.length > 1) expect(batch.join("").length).toBeLessThanOrEqual(chars);
          }
        },
      ),
      { numRuns: 50 },
    );
  });

  test("is asked no more at once than is allowed, and one that fails ends the rest", async () => {
    let running = 0;
    let most = 0;
    let calls = 0;
    const failing = own(async () => {
      const call = ++calls;
      most = Math.max(most, ++running);
      await Promise.resolve();
      running--;
      if (call === 4) throw new SluiceError("overloaded", "busy");
      return { vectors: [[1]], usage: {} };
    });
    const many = Array.from({ length: 20 }, () => "a");
    await expect(embed(failing, many, { concurrency: 3 })).rejects.toMatchObject({ code: "overloaded", model: "own" });
    expect(most).toBe(3);
    expect(calls).toBeLessThan(10);
  });

  test("stops when its signal is aborted", async () => {
    const abort = new AbortController();
    const waiting = own(
      (_, { signal }) =>
        new Promise((_resolve, reject) => {
          signal?.addEventListener("abort", () => reject(new SluiceError("cancelled", "left")));
          abort.abort();
        }),
    );
    await expect(embed(waiting, ["a", "b"], { signal: abort.signal })).rejects.toMatchObject({ code: "cancelled" });
    await expect(embed(waiting, ["a"], { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: "cancelled" });
  });

  test("of no texts asks nobody", async () => {
    const never = own(() => Promise.reject(new Error("asked")));
    expect(await embed(never, [])).toEqual({ vectors: [], usage: {} });
  });
});

test("what cannot be is refused before anything is sent", async () => {
  serve(openAi);
  const misspelt: object = { dimension: 2 };
  await expect(embed(small(), ["a"], misspelt)).rejects.toThrow("did you mean dimensions?");
  await expect(embed(small(), ["a", ""])).rejects.toMatchObject({ field: "texts[1]" });
  expect(() => embedder("anthropic/claude", { apiKey: "k" })).toThrow("no embeddings");
  expect(() => embedder("opnai/x")).toThrow("did you mean openai/x?");
  expect(() => embedder("openai/x", { env: {} })).toThrow("OPENAI_API_KEY");
  const options: object = { baseURL: url };
  expect(() => embedder("openai/x", options)).toThrow("did you mean baseUrl?");
  expect(sent).toEqual([]);
});

test("finds providers in the registry that it is given", () => {
  const house = { ...PROVIDERS.find(({ id }) => id === "lmstudio"), id: "house" } as Provider;
  const registry = new Registry([house]);
  expect(embedder("house/bge-m3", { env: {} }, registry).id).toBe("house/bge-m3");
  expect(() => embedder("openai/x", { env: {} }, registry)).toThrow("there is no provider");
});
