import { callable, exactly } from "../../stream/checks.js";
import { invalid } from "../../stream/error.js";
import { pcmMs } from "../audio/pcm.js";
import { readWav } from "../audio/wav.js";
import type { Transcriber } from "../listen/transcriber.js";
import { errorResponse } from "./speech-route.js";

/** What is served as `POST /v1/audio/transcriptions`. */
export interface TranscriptionRouteOptions {
  /** Who writes down, for the `model` of a request. Throws `not-found` for those it does not have. */
  transcriberFor(model: string): Transcriber;
}

const OPTIONS = exactly("transcriptionRoute", { transcriberFor: { required: callable } });
const FORMATS = ["json", "text", "verbose_json"];

/**
 * OpenAI's `POST /v1/audio/transcriptions` (https://platform.openai.com/docs/api-reference/audio/createTranscription), for any
 * transcriber. Takes WAV files of 16-bit samples, one channel.
 */
export function transcriptionRoute(options: TranscriptionRouteOptions): (request: Request) => Promise<Response> {
  OPTIONS(options, "");
  return async (request) => {
    try {
      const form = await formOf(request);
      const model = form.get("model");
      if (typeof model !== "string" || model === "") throw invalid("model", model ?? undefined, "the name of a model");
      const format = form.get("response_format") ?? "json";
      if (typeof format !== "string" || !FORMATS.includes(format))
        throw invalid("response_format", format, FORMATS.join(", "));
      const streams = form.get("stream") ?? "false";
      if (streams !== "false") throw invalid("stream", streams, "false: a transcript comes when it is whole");
      const file = form.get("file");
      if (!(file instanceof Blob)) throw invalid("file", file ?? undefined, "a file");
      const wav = readWav(new Uint8Array(await file.arrayBuffer()));
      if (wav === undefined || wav.channels !== 1 || wav.bitsPerSample !== 16 || wav.float) {
        const found = wav === undefined ? "another file" : `${wav.channels} channels of ${wav.bitsPerSample} bits`;
        throw invalid("file", found, "a WAV file of 16-bit samples, one channel");
      }
      const { data, sampleRate } = wav;
      const text = await options.transcriberFor(model).transcribe(data, sampleRate, { signal: request.signal });
      if (format === "text")
        return new Response(`${text}\n`, { headers: { "content-type": "text/plain; charset=utf-8" } });
      if (format === "json") return Response.json({ text });
      const language = form.get("language");
      const duration = pcmMs(data.length, sampleRate) / 1_000;
      return Response.json({ task: "transcribe", ...(typeof language === "string" && { language }), duration, text });
    } catch (thrown) {
      return errorResponse(thrown);
    }
  };
}

async function formOf(request: Request): Promise<FormData> {
  try {
    return await request.formData();
  } catch {
    throw invalid("body", request.headers.get("content-type") ?? undefined, "multipart/form-data");
  }
}
