import { openAiChat } from "../../dialects/openai-chat/openai-chat.js";
import { SluiceError } from "../../stream/error.js";
import { answer } from "../answer.js";
import type { Route } from "../route.js";
import type { ServerCore } from "../server-core.js";

/** OpenAI's chat completions. */
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
  ];
}

/** The error for an unknown path. */
export function noSuchPath(method: string, path: string): SluiceError {
  return new SluiceError("not-found", `there is no ${method} ${path} here`);
}
