import { gemini } from "../../dialects/gemini/gemini.js";
import { SluiceError } from "../../stream/error.js";
import { answer } from "../answer.js";
import { jsonReply, type ServerCall, type ServerReply } from "../call.js";
import { countTokens } from "../count-tokens.js";
import { geminiEmbedding } from "../embeddings/gemini-embedding.js";
import { pathRest } from "../path-rest.js";
import type { Route } from "../route.js";
import type { ServedModel } from "../served-models.js";
import type { ServerCore } from "../server-core.js";

const MODELS = "/models/";
const METHODS = [
  "generateContent",
  "streamGenerateContent",
  "countTokens",
  "embedContent",
  "batchEmbedContents",
] as const;

/** Google's Gemini API, in the versions that its clients ask for. The list of v1 is that of `modelListRoutes`. */
export function geminiRoutes(core: ServerCore): Route[] {
  return [
    ...["/v1beta", "/v1alpha"].flatMap((base) => [...lists(core, base), methods(core, base)]),
    methods(core, "/v1"),
  ];
}

function lists(core: ServerCore, base: string): Route[] {
  return [
    {
      method: "GET",
      path: `${base}/models`,
      errors: gemini,
      summary: "Gemini: lists what is served",
      handle: async ({ caller }) => jsonReply({ models: core.models.list(caller).map(geminiModel) }),
    },
    {
      method: "GET",
      path: `${base}/models/*`,
      errors: gemini,
      summary: "Gemini: one of them",
      handle: async (call) => jsonReply(geminiModel(core.models.find(pathRest(call, MODELS), call.caller))),
    },
  ];
}

function methods(core: ServerCore, base: string): Route {
  return {
    method: "POST",
    path: `${base}/models/*`,
    errors: gemini,
    summary:
      "Gemini: generateContent, streamGenerateContent, countTokens, embedContent and batchEmbedContents of a model",
    handle: (call) => generate(core, call),
  };
}

async function generate(core: ServerCore, call: ServerCall): Promise<ServerReply> {
  const [, model, method] = /^(.+):(\w+)$/.exec(pathRest(call, MODELS)) ?? [];
  if (model === undefined || method === undefined || !METHODS.some((one) => one === method)) {
    throw new SluiceError("not-found", `there is no ${call.method} ${call.path} here; methods: ${METHODS.join(", ")}`);
  }
  const body = await call.json();
  if (method === "embedContent" || method === "batchEmbedContents") {
    return geminiEmbedding(core, call, { model, method, body });
  }
  if (method !== "countTokens") {
    return answer(core, call, { dialect: gemini, served: gemini.readRequest(body, { model, method }) });
  }
  const served = gemini.readRequest(body, { model, method: "generateContent" });
  return jsonReply({ totalTokens: await countTokens(core, call.caller, served) });
}

/** A model as Google's API lists it. */
export function geminiModel({ name }: ServedModel) {
  const supportedGenerationMethods = ["generateContent", "streamGenerateContent", "countTokens"];
  return { name: `models/${name}`, displayName: name, supportedGenerationMethods };
}
