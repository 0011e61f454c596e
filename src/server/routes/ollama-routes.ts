import { isJsonObject, type JsonValue } from "../../base/json.js";
import type { Dialect } from "../../dialects/dialect.js";
import { ollama, ollamaGenerate } from "../../dialects/ollama/ollama.js";
import { badRequest } from "../../dialects/wire-object.js";
import { answer } from "../answer.js";
import { jsonReply, type ServerCall, type ServerReply } from "../call.js";
import type { Route } from "../route.js";
import type { ServedModel } from "../served-models.js";
import type { ServerCore } from "../server-core.js";

/** The version of Ollama whose API this is. */
const VERSION = "0.12.0";
const MODIFIED = new Date().toISOString();

/** Ollama's API. Chats are among the routes of the AI SDK, whose clients ask at the same path. */
export function ollamaRoutes(core: ServerCore): Route[] {
  const generate: Route = {
    method: "POST",
    path: "/api/generate",
    errors: ollama,
    summary: "Ollama: goes on from a prompt",
    handle: async (call) => ollamaReply(core, call, ollamaGenerate, await call.json()),
  };
  return [
    generate,
    {
      method: "GET",
      path: "/api/tags",
      errors: ollama,
      summary: "Ollama: lists what is served",
      handle: async ({ caller }) => jsonReply({ models: core.models.list(caller).map(tag) }),
    },
    {
      method: "GET",
      path: "/api/ps",
      errors: ollama,
      summary: "Ollama: lists what is loaded, which is all that is served",
      handle: async ({ caller }) => jsonReply({ models: core.models.list(caller).map(tag) }),
    },
    {
      method: "POST",
      path: "/api/show",
      errors: ollama,
      summary: "Ollama: what is known of a model",
      handle: async (call) => show(core.models.find(nameIn(await call.json()), call.caller)),
    },
    {
      method: "GET",
      path: "/api/version",
      errors: ollama,
      summary: "Ollama: the version of its API",
      handle: async () => jsonReply({ version: VERSION }),
    },
  ];
}

/** Answers a client of Ollama's. One that asks nothing wants a model in memory, or out of it, and is told that this is done. */
export async function ollamaReply(
  core: ServerCore,
  call: ServerCall,
  dialect: Dialect,
  body: JsonValue,
): Promise<ServerReply> {
  const { model: named, stream, request } = dialect.readRequest(body);
  // Its names end in `:latest` where they say no other tag.
  const model = withoutLatest(named);
  if (request.messages.length > 0) return answer(core, call, { dialect, served: { model, stream, request } });
  core.models.find(model, call.caller);
  const { keep_alive: kept } = request.providerOptions?.ollama ?? {};
  const rawReason = kept === 0 || kept === "0" ? "unload" : "load";
  const message = { role: "assistant" as const, content: [] };
  const nothing = { id: "", model, message, reason: "stop" as const, rawReason, usage: {} };
  return jsonReply(dialect.writeBody(nothing, { model, request }));
}

function nameIn(body: JsonValue): string {
  const name = isJsonObject(body) ? (body.model ?? body.name) : undefined;
  if (typeof name !== "string") throw badRequest("model", name, "a string");
  return withoutLatest(name);
}

function withoutLatest(name: string): string {
  return name.replace(/:latest$/, "");
}

function tag({ name, kind }: ServedModel) {
  return { name, model: name, modified_at: MODIFIED, size: 0, digest: "", details: detailsOf(kind) };
}

function detailsOf(kind: string) {
  return {
    parent_model: "",
    format: kind,
    family: "sluice",
    families: ["sluice"],
    parameter_size: "",
    quantization_level: "",
  };
}

function show({ name, kind, model }: ServedModel): ServerReply {
  const { tools, input } = model.capabilities ?? {};
  const capabilities = [
    "completion",
    ...(tools === false ? [] : ["tools"]),
    ...(input?.includes("image") ? ["vision"] : []),
  ];
  return jsonReply({
    modelfile: "",
    parameters: "",
    template: "",
    details: detailsOf(kind),
    model_info: { "general.basename": name },
    capabilities,
  });
}
