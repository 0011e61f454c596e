import { encodeBase64 } from "../../base/base64.js";
import type { JsonValue } from "../../base/json.js";
import { ollama } from "../../dialects/ollama/ollama.js";
import { openAiChat } from "../../dialects/openai-chat/openai-chat.js";
import { badRequest, WireObject } from "../../dialects/wire-object.js";
import { jsonReply, type ServerCall, type ServerReply } from "../call.js";
import type { Route } from "../route.js";
import type { ServerCore } from "../server-core.js";
import { dimensionsOf, type EmbedAsked, embedFor, textsOf } from "./embed-for.js";

/** Vectors of texts, as OpenAI's clients and Ollama's ask for them. Gemini's are among its models' methods. */
export function embeddingRoutes(core: ServerCore): Route[] {
  return [
    {
      method: "POST",
      path: "/v1/embeddings",
      errors: openAiChat,
      summary: "OpenAI: vectors of texts",
      handle: (call) => openAi(core, call),
    },
    {
      method: "POST",
      path: "/api/embed",
      errors: ollama,
      summary: "Ollama: vectors of texts",
      handle: (call) => ollamaEmbed(core, call),
    },
    {
      method: "POST",
      path: "/api/embeddings",
      errors: ollama,
      summary: "Ollama, in its first version: the vector of a text",
      handle: async (call) => {
        const body = new WireObject(await call.json(), "");
        const asked = {
          model: nameIn(body),
          texts: [body.requiredString("prompt")],
          dimensions: undefined,
          field: "prompt",
        };
        const { vectors } = await embedFor(core, call, asked);
        return jsonReply({ embedding: vectors[0] });
      },
    },
  ];
}

async function openAi(core: ServerCore, call: ServerCall): Promise<ServerReply> {
  const body = new WireObject(await call.json(), "");
  const format = body.string("encoding_format") ?? "float";
  if (format !== "float" && format !== "base64") throw badRequest("encoding_format", format, "float, base64");
  body.check({ user: "string" });
  const model = body.requiredString("model");
  const asked = { model, ...inputOf(body) };
  const { vectors, usage } = await embedFor(core, call, asked);
  const write = (vector: number[]): JsonValue => (format === "float" ? vector : floatsAsBase64(vector));
  const data = vectors.map((vector, index) => ({ object: "embedding", index, embedding: write(vector) }));
  const { inputTokens: tokens = 0 } = usage;
  return jsonReply({ object: "list", data, model, usage: { prompt_tokens: tokens, total_tokens: tokens } });
}

/** As OpenAI's clients ask for them by default: floats of 32 bits, little end first. */
function floatsAsBase64(vector: readonly number[]): string {
  const bytes = new DataView(new ArrayBuffer(vector.length * 4));
  for (const [index, value] of vector.entries()) bytes.setFloat32(index * 4, value, true);
  return encodeBase64(new Uint8Array(bytes.buffer));
}

async function ollamaEmbed(core: ServerCore, call: ServerCall): Promise<ServerReply> {
  const began = performance.now();
  const body = new WireObject(await call.json(), "");
  const model = nameIn(body);
  body.check({ truncate: "boolean", keep_alive: ["string", "number"], options: "object" });
  const asked = { model, ...inputOf(body) };
  const { vectors, usage } = await embedFor(core, call, asked);
  // Ollama's times are in ns.
  const total = Math.round((performance.now() - began) * 1e6);
  const counts = { total_duration: total, load_duration: 0, prompt_eval_count: usage.inputTokens ?? 0 };
  return jsonReply({ model, embeddings: vectors, ...counts });
}

/** What OpenAI and Ollama call the same. */
function inputOf(body: WireObject): Omit<EmbedAsked, "model"> {
  return { texts: textsOf(body.any("input"), "input"), dimensions: dimensionsOf(body, "dimensions"), field: "input" };
}

function nameIn(body: WireObject): string {
  return body.requiredString("model").replace(/:latest$/, "");
}
