import { isJsonObject } from "../../base/json.js";
import { anthropic } from "../../dialects/anthropic/anthropic.js";
import { answer } from "../answer.js";
import { jsonReply } from "../call.js";
import { countTokens } from "../count-tokens.js";
import type { Route } from "../route.js";
import type { ServerCore } from "../server-core.js";

/** Anthropic's messages. */
export function anthropicRoutes(core: ServerCore): Route[] {
  return [
    {
      method: "POST",
      path: "/v1/messages",
      errors: anthropic,
      summary: "Anthropic: a message",
      handle: async (call) =>
        answer(core, call, { dialect: anthropic, served: anthropic.readRequest(await call.json()) }),
    },
    {
      method: "POST",
      path: "/v1/messages/count_tokens",
      errors: anthropic,
      summary: "Anthropic: counts a message's tokens; estimated where the model's vocabulary is not published",
      handle: async (call) => {
        const body = await call.json();
        // The most that is answered is not asked for here, and required there.
        const served = anthropic.readRequest(isJsonObject(body) ? { max_tokens: 1, ...body } : body);
        return jsonReply({ input_tokens: await countTokens(core, call.caller, served) });
      },
    },
  ];
}
