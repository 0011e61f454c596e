import { anthropic } from "../../dialects/anthropic/anthropic.js";
import type { Dialect } from "../../dialects/dialect.js";
import { gemini } from "../../dialects/gemini/gemini.js";
import { openAiChat } from "../../dialects/openai-chat/openai-chat.js";
import { errorReply } from "../answer.js";
import { jsonReply, type ServerCall } from "../call.js";
import { pathRest } from "../path-rest.js";
import type { Route } from "../route.js";
import type { ServedModel } from "../served-models.js";
import type { ServerCore } from "../server-core.js";
import { geminiModel } from "./gemini-routes.js";

/** What is served, in the form of one protocol. */
interface ListForm {
  errors: Pick<Dialect, "writeError">;
  list(models: readonly ServedModel[]): object;
  one(model: ServedModel): object;
}

const OPENAI_FORM: ListForm = {
  errors: openAiChat,
  list: (models) => ({ object: "list", data: models.map(openAiModel) }),
  one: openAiModel,
};

const ANTHROPIC_FORM: ListForm = {
  errors: anthropic,
  list: (models) => ({
    data: models.map(anthropicModel),
    has_more: false,
    first_id: models[0]?.name ?? null,
    last_id: models.at(-1)?.name ?? null,
  }),
  one: anthropicModel,
};

const GEMINI_FORM: ListForm = {
  errors: gemini,
  list: (models) => ({ models: models.map(geminiModel) }),
  one: geminiModel,
};

const PATH = "/v1/models";

/** The list of models: OpenAI, Anthropic and Google have it at one path, and each client is answered in its own form. */
export function modelListRoutes(core: ServerCore): Route[] {
  return [
    {
      method: "GET",
      path: PATH,
      errors: openAiChat,
      summary: "OpenAI, Anthropic and Gemini: lists what is served",
      handle: async (call) => jsonReply(formOf(call).list(core.models.list(call.caller))),
    },
    {
      method: "GET",
      path: `${PATH}/*`,
      errors: openAiChat,
      summary: "OpenAI, Anthropic and Gemini: one of them",
      handle: async (call) => {
        const form = formOf(call);
        try {
          return jsonReply(form.one(core.models.find(pathRest(call, `${PATH}/`), call.caller)));
        } catch (thrown) {
          return errorReply(thrown, form.errors);
        }
      },
    },
  ];
}

/** The form of the client that asks, by the headers that its vendor's clients send. */
function formOf(call: ServerCall): ListForm {
  if (call.header("anthropic-version") !== undefined) return ANTHROPIC_FORM;
  const isGoogle = call.header("x-goog-api-client") !== undefined || call.header("x-goog-api-key") !== undefined;
  return isGoogle ? GEMINI_FORM : OPENAI_FORM;
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
