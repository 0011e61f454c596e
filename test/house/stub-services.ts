import { createServer, type IncomingMessage } from "node:http";
import { type JsonObject, type JsonValue, parseJson } from "../../src/base/json.js";
import { anthropic } from "../../src/dialects/anthropic/anthropic.js";
import type { Dialect } from "../../src/dialects/dialect.js";
import { gemini } from "../../src/dialects/gemini/gemini.js";
import { ollama } from "../../src/dialects/ollama/ollama.js";
import { openAiChat } from "../../src/dialects/openai-chat/openai-chat.js";
import { openAiResponses } from "../../src/dialects/openai-responses/openai-responses.js";
import { respond, respondError } from "../../src/dialects/respond.js";
import { echo } from "../../src/models/echo.js";
import { scripted } from "../../src/models/scripted.js";
import type { ChatModel } from "../../src/stream/chat-model.js";
import type { ChatRequest } from "../../src/stream/chat-request.js";

/** Services for the snippets of guides: every protocol on one port of the loopback. */
export interface StubServices {
  url: string;
  /** The variables under which each service is found there. */
  env: Record<string, string>;
  close(): Promise<void>;
}

/** A tenth of a second of 16-bit samples at 24 kHz. */
const SILENCE = new Uint8Array(4_800);

const DIALECTS: readonly [path: RegExp, dialect: Dialect][] = [
  [/\/chat\/completions$/, openAiChat],
  [/\/responses$/, openAiResponses],
  [/\/messages$/, anthropic],
  [/:(streamGenerateContent|generateContent)/, gemini],
  [/\/api\/chat$/, ollama],
];

/** Starts them. A question for a value is answered with one that fits the schema; any other is said back. */
export async function startStubServices(): Promise<StubServices> {
  const server = createServer(async (incoming, outgoing) => {
    const response = await answer(incoming.url ?? "", await bodyOf(incoming));
    outgoing.writeHead(response.status, Object.fromEntries(response.headers));
    outgoing.end(Buffer.from(await response.arrayBuffer()));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  const url = `http://127.0.0.1:${address.port}`;
  const names = ["OPENAI", "ANTHROPIC", "GEMINI", "GROQ", "MISTRAL", "OPENROUTER", "DEEPSEEK"];
  const env = Object.fromEntries(
    names.flatMap((name) => [
      [`${name}_API_KEY`, "none"],
      [`${name}_BASE_URL`, name === "ANTHROPIC" ? url : name === "GEMINI" ? `${url}/v1beta` : `${url}/v1`],
    ]),
  );
  return {
    url,
    env: { ...env, OLLAMA_HOST: url },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(url: string, body: string): Promise<Response> {
  const { pathname } = new URL(url, "http://stub");
  if (pathname.endsWith("/embeddings")) return embeddings(body);
  if (pathname.endsWith("/audio/speech")) return new Response(SILENCE, { headers: { "content-type": "audio/pcm" } });
  const dialect = DIALECTS.find(([path]) => path.test(pathname))?.[1];
  if (dialect === undefined) return Response.json({ ok: true });
  try {
    const [, model = "", method = ""] = /\/models\/([^/:?]+):(\w+)/.exec(pathname) ?? [];
    const served = dialect.readRequest(parseJson(body), { model, method });
    return await respond(modelFor(served.request).stream(served.request), dialect, served);
  } catch (error) {
    return respondError(error, dialect);
  }
}

function modelFor({ responseFormat }: ChatRequest): ChatModel {
  if (responseFormat?.type !== "json-schema") return echo();
  return scripted([[JSON.stringify(instanceOf(responseFormat.schema))]]);
}

function embeddings(body: string): Response {
  const { input } = parseJson(body) as { input: JsonValue };
  const texts = Array.isArray(input) ? input : [input];
  const data = texts.map((_, index) => ({ index, embedding: [1, 0, 0] }));
  return Response.json({ data, usage: { prompt_tokens: 1, total_tokens: 1 } });
}

/** A value that fits a schema of the plain kind that guides use. */
function instanceOf(schema: JsonObject): JsonValue {
  if (schema.const !== undefined) return schema.const;
  if (Array.isArray(schema.enum)) return schema.enum[0] ?? null;
  const [first] = Array.isArray(schema.anyOf) ? schema.anyOf : [];
  if (isSchema(first)) return instanceOf(first);
  const type = Array.isArray(schema.type) ? schema.type[0] : schema.type;
  switch (type) {
    case "object":
      return Object.fromEntries(
        Object.entries(isSchema(schema.properties) ? schema.properties : {}).map(([name, one]) => [
          name,
          isSchema(one) ? instanceOf(one) : null,
        ]),
      );
    case "array":
      return isSchema(schema.items) ? [instanceOf(schema.items), instanceOf(schema.items)] : [];
    case "number":
    case "integer":
      return typeof schema.minimum === "number" ? schema.minimum : 1;
    case "boolean":
      return true;
    case "null":
      return null;
    default:
      return "text";
  }
}

function isSchema(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

async function bodyOf(incoming: IncomingMessage): Promise<string> {
  let text = "";
  for await (const piece of incoming.setEncoding("utf8")) text += piece;
  return text;
}
