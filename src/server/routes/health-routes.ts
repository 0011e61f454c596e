import { openAiChat } from "../../dialects/openai-chat/openai-chat.js";
import { jsonReply } from "../call.js";
import type { Route } from "../route.js";
import type { ServerCore } from "../server-core.js";

/** For load balancers and people. */
export function healthRoutes(core: ServerCore): Route[] {
  const errors = openAiChat;
  return [
    {
      method: "GET",
      path: "/healthz",
      errors,
      open: true,
      summary: "Whether the process lives",
      handle: async () => jsonReply({ status: "ok" }),
    },
    {
      method: "GET",
      path: "/readyz",
      errors,
      open: true,
      summary: "Whether new requests are taken: not while the server ends, or its log cannot be reached",
      handle: async () => {
        if (core.ending()) return jsonReply({ status: "ending" }, 503);
        await core.log.find("none");
        return jsonReply({ status: "ready", models: core.models.size });
      },
    },
  ];
}
