import { openAiChat } from "../../dialects/openai-chat/openai-chat.js";
import { SluiceError } from "../../stream/error.js";
import { answer } from "../answer.js";
import { jsonReply } from "../call.js";
import { pathRest } from "../path-rest.js";
import type { Route } from "../route.js";
import type { ServedModel } from "../served-models.js";
import type { ServerCore } from "../server-core.js";

/** OpenAI's list of models and chat completions. */
export function openAiRoutes(core: ServerCore): Route[] {
  const errors = openAiChat;
  return [
    {
      method: "GET",
      path: "/v1/models",
      errors,
      summary: "OpenAI: lists what is served",
      handle: async ({ caller }) => jsonReply({ object: "list", data: core.models.list(caller).map(modelObject) }),
    },
    {
      method: "GET",
      path: "/v1/models/*",
      errors,
      summary: "OpenAI: one of them",
      handle: async (call) => jsonReply(modelObject(core.models.find(pathRest(call, "/v1/models/"), call.caller))),
    },
    {
      method: "POST",
      path: "/v1/chat/completions",
      errors,
      summary: "OpenAI: a chat completion",
      handle: async (call) => {
        const served = openAiChat.readRequest(await call.json());
        return answer(core, call, { dialect: openAiChat, served });
      },
    },
  ];
}

/** When this server began, as the protocol wants a time for each model. */
const CREATED = Math.floor(Date.now() / 1_000);

function modelObject({ name, kind }: ServedModel) {
  return { id: name, object: "model", created: CREATED, owned_by: kind === "model" ? "sluice" : `sluice-${kind}` };
}

/** The error for a path that there is not. */
export function noSuchPath(method: string, path: string): SluiceError {
  return new SluiceError("not-found", `there is no ${method} ${path} here`);
}
