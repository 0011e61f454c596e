import { isJsonObject, type JsonObject, type JsonValue } from "../../base/json.js";
import { aiSdkUi } from "../../dialects/ai-sdk-ui/ai-sdk-ui.js";
import type { ServedRequest } from "../../dialects/dialect.js";
import { ollama } from "../../dialects/ollama/ollama.js";
import { answer, replyWith } from "../answer.js";
import { jsonReply, type ServerCall, type ServerReply } from "../call.js";
import { pathRest } from "../path-rest.js";
import type { Route } from "../route.js";
import type { ServerCore } from "../server-core.js";
import { threadOf } from "../start-served.js";
import { ollamaReply } from "./ollama-routes.js";

const CHAT = "/api/chat/";
/** What clients of the AI SDK know its stream by. */
const HEADERS = { "x-vercel-ai-ui-message-stream": "v1" };

/** Chats of `useChat`, and of Ollama's clients, which ask at the same path. */
export function aiSdkRoutes(core: ServerCore): Route[] {
  return [
    {
      method: "POST",
      path: "/api/chat",
      errors: ollama,
      summary: "Ollama: a chat; AI SDK: a chat of useChat",
      handle: async (call) => {
        const body = await call.json();
        return isUiRequest(body) ? chat(core, call, body) : ollamaReply(core, call, ollama, body);
      },
    },
    {
      method: "GET",
      path: "/api/chat/:id/stream",
      errors: aiSdkUi,
      summary: "AI SDK: the answer that a chat is at, from its beginning; 204 where there is none",
      handle: (call) => resume(core, call),
    },
    {
      method: "POST",
      path: "/api/chat/:id/stop",
      errors: aiSdkUi,
      summary: "AI SDK: ends the answer that a chat is at, wherever it is made",
      handle: async (call) => {
        const run = await core.log.newestOf(threadIn(call));
        return jsonReply({ stopped: run !== undefined && (await core.log.stop(run, "the answer was stopped")) });
      },
    },
  ];
}

/** Ollama's messages have content, those of the AI SDK parts. */
function isUiRequest(body: JsonValue): body is JsonObject {
  if (!isJsonObject(body)) return false;
  const [first] = Array.isArray(body.messages) ? body.messages : [];
  return typeof body.trigger === "string" || (isJsonObject(first) && Array.isArray(first.parts));
}

async function chat(core: ServerCore, call: ServerCall, body: JsonObject): Promise<ServerReply> {
  const read = aiSdkUi.readRequest(body);
  const served = { ...read, model: core.models.find(read.model || undefined, call.caller).name };
  const { id } = body;
  const thread = typeof id === "string" && id !== "" ? { thread: uiThread(id) } : {};
  return answer(core, call, { dialect: aiSdkUi, served, resumable: true, headers: HEADERS, ...thread });
}

async function resume(core: ServerCore, call: ServerCall): Promise<ServerReply> {
  const run = await core.log.newestOf(threadIn(call));
  const record = run === undefined ? undefined : await core.log.find(run);
  if (record?.state !== "running") return { status: 204 };
  const served: ServedRequest = { model: record.meta.model ?? "", stream: true, request: { messages: [] } };
  return replyWith(
    core,
    call,
    await core.log.read(record.run),
    { dialect: aiSdkUi, served },
    { headers: () => HEADERS },
  );
}

function threadIn(call: ServerCall): string {
  return threadOf(call, uiThread(pathRest(call, CHAT).split("/", 1)[0] ?? ""));
}

/** Ids of different protocols never meet. */
function uiThread(id: string): string {
  return `${aiSdkUi.name}/${id}`;
}
