import { openAiChat } from "../../dialects/openai-chat/openai-chat.js";
import { speechRoute } from "../../speech/serve/speech-route.js";
import { transcriptionRoute } from "../../speech/serve/transcription-route.js";
import type { BodyPiece, BodySource, Call, Reply } from "../call.js";
import type { Route } from "../route.js";
import type { ServerCore } from "../server-core.js";

/** OpenAI's routes for sound. */
export function audioRoutes(core: ServerCore): Route[] {
  const { voices, transcribers } = core;
  const speech = (call: Call) =>
    speechRoute({
      // OpenAI's names of voices and models may both be what is served: the voice's own counts first.
      voiceFor: (model, voice) => voices.find(voices.names(call.caller).includes(voice) ? voice : model, call.caller),
    });
  const transcription = (call: Call) =>
    transcriptionRoute({ transcriberFor: (model) => transcribers.find(model, call.caller) });
  return [
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
async function limited(core: ServerCore, call: Call, model: string, run: () => Promise<Reply>): Promise<Reply> {
  const admitted = await core.admit(call, model);
  try {
    return await run();
  } finally {
    admitted.release();
  }
}

/** What a handler of the web's answers to a call. */
async function webAnswer(call: Call, handle: (request: Request) => Promise<Response>): Promise<Reply> {
  const headers = { "content-type": call.header("content-type") ?? "" };
  const body = Uint8Array.from(await call.bytes());
  const { signal } = call;
  const answer = await handle(new Request(`http://localhost${call.path}`, { method: "POST", headers, body, signal }));
  const type = answer.headers.get("content-type");
  const retry = answer.headers.get("retry-after");
  return {
    status: answer.status,
    headers: { ...(type !== null && { "content-type": type }), ...(retry !== null && { "retry-after": retry }) },
    ...(answer.body !== null && { body: pulled(answer.body, signal) }),
  };
}

/** A stream of the web's as a body; one whose client leaves is cancelled at once, whatever it is at. */
function pulled(stream: ReadableStream<Uint8Array>, signal: AbortSignal): BodySource {
  const reader = stream.getReader();
  const cancel = () => void reader.cancel().catch(() => {});
  signal.addEventListener("abort", cancel, { once: true });
  return {
    async next(): Promise<BodyPiece | undefined> {
      const { done, value } = await reader.read();
      return done ? undefined : value;
    },
    cancel,
  };
}
