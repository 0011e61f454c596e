import { openAiChat } from "../../dialects/openai-chat/openai-chat.js";
import { openAiCompletions } from "../../dialects/openai-completions/openai-completions.js";
import { answer } from "../answer.js";
import type { Route } from "../route.js";
import type { ServerCore } from "../server-core.js";

/** OpenAI's chat completions, and the text completions of its older clients. */
export function openAiRoutes(core: ServerCore): Route[] {
  return [
    {
      method: "POST",
      path: "/v1/chat/completions",
      errors: openAiChat,
      summary: "OpenAI: a chat completion",
      handle: async (call) => {
        const served = openAiChat.readRequest(await call.json());
        return answer(core, call, { dialect: openAiChat, served });
      },
    },
    {
      method: "POST",
      path: "/v1/completions",
      errors: openAiChat,
      summary: "OpenAI: goes on from a text",
      handle: async (call) => {
        const served = openAiCompletions.readRequest(await call.json());
        return answer(core, call, { dialect: openAiCompletions, served });
      },
    },
  ];
}
