import { openAiChat } from "../../dialects/openai-chat/openai-chat.js";
import { speechRoute } from "../../speech/serve/speech-route.js";
import { transcriptionRoute } from "../../speech/serve/transcription-route.js";
import { jsonReply, type ServerCall, type ServerReply } from "../call.js";
import type { Route } from "../route.js";
import type { ServerCore } from "../server-core.js";
import { webAnswer } from "../web-answer.js";

/** OpenAI's routes for sound. */
export function audioRoutes(core: ServerCore): Route[] {
  const { voices, transcribers } = core;
  const speech = (call: ServerCall) =>
    speechRoute({
      // OpenAI's names of voices and models may both be what is served: the voice's own counts first.
      voiceFor: (model, voice) => voices.find(voices.names(call.caller).includes(voice) ? voice : model, call.caller),
    });
  const transcription = (call: ServerCall) =>
    transcriptionRoute({ transcriberFor: (model) => transcribers.find(model, call.caller) });
  return [
    {
      method: "GET",
      path: "/v1/audio/voices",
      errors: openAiChat,
      summary: "The names of the voices and of those who write down what is said",
      handle: async ({ caller }) =>
        jsonReply({ voices: voices.names(caller), transcribers: transcribers.names(caller) }),
    },
    {
      method: "POST",
      path: "/v1/audio/speech",
      errors: openAiChat,
      summary: "OpenAI: a text as sound, while it is being made",
      handle: (call) => limited(core, call, "audio/speech", async () => webAnswer(call, speech(call))),
    },
    {
      method: "POST",
      path: "/v1/audio/transcriptions",
      errors: openAiChat,
      summary: "OpenAI: what is said in a WAV file",
      handle: (call) => limited(core, call, "audio/transcriptions", async () => webAnswer(call, transcription(call))),
    },
  ];
}

/** Counts as a request of the caller's until its answer begins. */
async function limited(
  core: ServerCore,
  call: ServerCall,
  model: string,
  run: () => Promise<ServerReply>,
): Promise<ServerReply> {
  const admitted = await core.admit(call, model);
  try {
    return await run();
  } finally {
    admitted.release();
  }
}
