import { openAiChat } from "../../dialects/openai-chat/openai-chat.js";
import { jsonReply } from "../call.js";
import { type CallerProtocol, callerErrors, callerProtocol } from "../caller-protocol.js";
import { pathRest } from "../path-rest.js";
import type { Route } from "../route.js";
import type { ServedModel } from "../served-models.js";
import type { ServerCore } from "../server-core.js";
import { geminiModel } from "./gemini-routes.js";

/** What is served, in the form of one protocol. */
interface ListForm {
  list(models: readonly ServedModel[]): object;
  one(model: ServedModel): object;
}

const OPENAI_FORM: ListForm = {
  list: (models) => ({ object: "list", data: models.map(openAiModel) }),
  one: openAiModel,
};

const ANTHROPIC_FORM: ListForm = {
  list: (models) => ({
    data: models.map(anthropicModel),
    has_more: false,
    first_id: models[0]?.name ?? null,
    last_id: models.at(-1)?.name ?? null,
  }),
  one: anthropicModel,
};

const GEMINI_FORM: ListForm = {
  list: (models) => ({ models: models.map(geminiModel) }),
  one: geminiModel,
};

const FORMS: Readonly<Record<CallerProtocol, ListForm>> = {
  openai: OPENAI_FORM,
  anthropic: ANTHROPIC_FORM,
  gemini: GEMINI_FORM,
};

const PATH = "/v1/models";

/** The list of models: OpenAI, Anthropic and Google have it at one path, and each client is answered in its own form. */
export function modelListRoutes(core: ServerCore): Route[] {
  return [
    {
      method: "GET",
      path: PATH,
      errors: openAiChat,
      errorsFor: callerErrors,
      summary: "OpenAI, Anthropic and Gemini: lists what is served",
      handle: async (call) => jsonReply(FORMS[callerProtocol(call)].list(core.models.list(call.caller))),
    },
    {
      method: "GET",
      path: `${PATH}/*`,
      errors: openAiChat,
      errorsFor: callerErrors,
      summary: "OpenAI, Anthropic and Gemini: one of them",
      handle: async (call) =>
        jsonReply(FORMS[callerProtocol(call)].one(core.models.find(pathRest(call, `${PATH}/`), call.caller))),
    },
  ];
}

/** When this server began, as the protocols want a time for each model. */
const BEGAN = new Date();

function openAiModel({ name, kind }: ServedModel) {
  const created = Math.floor(BEGAN.getTime() / 1_000);
  return { id: name, object: "model", created, owned_by: kind === "model" ? "sluice" : `sluice-${kind}` };
}

function anthropicModel({ name }: ServedModel) {
  return { type: "model", id: name, display_name: name, created_at: BEGAN.toISOString() };
}
