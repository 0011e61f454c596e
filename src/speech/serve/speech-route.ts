import { encodeBase64 } from "../../base/base64.js";
import { isJsonObject, type JsonObject, type JsonValue, parseJson } from "../../base/json.js";
import { writeError } from "../../dialects/openai-error.js";
import { badRequest, WireObject } from "../../dialects/wire-object.js";
import { callable, exactly, wholeNumber } from "../../stream/checks.js";
import { invalid, SluiceError } from "../../stream/error.js";
import { UNKNOWN_LENGTH, wavHeader } from "../audio/wav.js";
import { splitSentences } from "../sentences/sentence-splitter.js";
import { cutText } from "../voices/cut-text.js";
import { longestText, type Voice } from "../voices/voice.js";
import { voiceAudio } from "../voices/voice-audio.js";

/** What is served as `POST /v1/audio/speech`. */
export interface SpeechRouteOptions {
  /**
   * The voice for the `model` and `voice` of a request. Throws `invalid-argument` or `not-found` for those it does not have.
   */
  voiceFor(model: string, voice: string): Voice;
  /** The longest input, in characters. Default 4,096, as OpenAI's. */
  maxChars?: number;
}

const OPTIONS = exactly("speechRoute", { voiceFor: { required: callable }, maxChars: wholeNumber(1) });

/** The formats among those of OpenAI's `response_format` that can be made here from samples. */
const FORMATS = ["wav", "pcm"];

/**
 * OpenAI's `POST /v1/audio/speech` (https://platform.openai.com/docs/api-reference/audio/createSpeech), for any voice. Audio is
 * sent sentence by sentence while it is being made, as it is or as events (`stream_format`). A client that leaves ends the
 * synthesis. `wav` (the default here) and `pcm` can be had of every voice; another format only of a voice that makes it.
 */
export function speechRoute(options: SpeechRouteOptions): (request: Request) => Promise<Response> {
  OPTIONS(options, "");
  return async (request) => {
    const stop = new AbortController();
    try {
      const asked = await readAsked(request, options.maxChars ?? 4_096);
      const voice = options.voiceFor(asked.model, asked.voice);
      const format = formatFor(voice, asked.format);
      const audio = audioOf(voice, asked.input, stop.signal);
      // An error before the first audio has a status of its own.
      const first = await audio.next();
      const body = asked.events ? events(first, audio) : bytes(first, audio, format, voice);
      return new Response(streamOf(body, audio, stop), {
        headers: { "content-type": asked.events ? "text/event-stream" : format.mediaType },
      });
    } catch (thrown) {
      return errorResponse(thrown);
    }
  };
}

/** An error as OpenAI's API writes it. */
export function errorResponse(thrown: unknown): Response {
  const error = SluiceError.from(thrown, "protocol");
  const { status, headers, body } = writeError(error);
  return Response.json(body, { status, ...(headers !== undefined && { headers }) });
}

interface Asked {
  model: string;
  voice: string;
  input: string;
  format: string | undefined;
  events: boolean;
}

async function readAsked(request: Request, maxChars: number): Promise<Asked> {
  const body = new WireObject(jsonIn(await request.text()), "");
  const model = body.requiredString("model");
  if (model === "") throw badRequest("model", model, "the name of a model");
  const input = body.requiredString("input");
  if (input.trim() === "") throw badRequest("input", input, "a text");
  if (input.length > maxChars) throw badRequest("input", `${input.length} characters`, `at most ${maxChars}`);
  const voice = isJsonObject(body.any("voice"))
    ? body.requiredObject("voice").requiredString("id")
    : (body.string("voice") ?? "");
  // How fast and in which manner it speaks is the voice's own setting: another one is not passed over.
  const speed = body.number("speed") ?? 1;
  if (speed !== 1) throw badRequest("speed", speed, "1: how fast a voice speaks is set where it is made");
  const instructions = body.string("instructions") ?? "";
  if (instructions.trim() !== "")
    throw badRequest("instructions", instructions, "none: how a voice speaks is set where it is made");
  const format = body.string("response_format");
  const events = body.oneOf("stream_format", ["audio", "sse"]) === "sse";
  return { model, voice, input, format, events };
}

function jsonIn(text: string): JsonValue {
  try {
    return parseJson(text);
  } catch (cause) {
    throw new SluiceError("invalid-request", "the body is not JSON", { cause });
  }
}

function formatFor(voice: Voice, asked: string | undefined): { mediaType: string; wav: boolean } {
  const { mediaType } = voice.format;
  if (mediaType === "audio/pcm") {
    if (asked === undefined || asked === "wav") return { mediaType: "audio/wav", wav: true };
    if (asked === "pcm") return { mediaType, wav: false };
    throw invalid("response_format", asked, `${FORMATS.join(", ")}: what ${voice.id} can make`);
  }
  if (asked === undefined || mediaType.endsWith(`/${asked === "mp3" ? "mpeg" : asked}`))
    return { mediaType, wav: false };
  throw invalid("response_format", asked, `${mediaType}: what ${voice.id} makes`);
}

/** The audio of a text, a sentence at a time: the first is there early. */
async function* audioOf(voice: Voice, input: string, signal: AbortSignal): AsyncGenerator<Uint8Array, void, undefined> {
  for (const sentence of splitSentences(input)) {
    for (const part of cutText(sentence.text, longestText(voice))) {
      if (!/[\p{L}\p{N}]/u.test(part)) continue;
      for await (const { data } of voiceAudio(voice, part, { signal })) if (data.length > 0) yield data;
    }
  }
}

async function* bytes(
  first: IteratorResult<Uint8Array, void>,
  rest: AsyncGenerator<Uint8Array, void, undefined>,
  { wav }: { wav: boolean },
  { format }: Voice,
): AsyncGenerator<Uint8Array, void, undefined> {
  // How long it will be is not known yet.
  if (wav) yield wavHeader(format.sampleRate ?? 0, UNKNOWN_LENGTH);
  if (!first.done) yield first.value;
  yield* rest;
}

async function* events(
  first: IteratorResult<Uint8Array, void>,
  rest: AsyncGenerator<Uint8Array, void, undefined>,
): AsyncGenerator<Uint8Array, void, undefined> {
  const encoder = new TextEncoder();
  const event = (value: JsonObject) => encoder.encode(`data: ${JSON.stringify(value)}\n\n`);
  const delta = (data: Uint8Array) => event({ type: "speech.audio.delta", audio: encodeBase64(data) });
  if (!first.done) yield delta(first.value);
  for await (const data of rest) yield delta(data);
  // Without `usage`: nobody counted tokens.
  yield event({ type: "speech.audio.done" });
}

/** Pulled: a slow client slows the synthesis down, and one that leaves ends it. */
function streamOf(
  body: AsyncGenerator<Uint8Array, void, undefined>,
  audio: AsyncGenerator<Uint8Array, void, undefined>,
  stop: AbortController,
): ReadableStream<Uint8Array> {
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const { done, value } = await body.next();
          if (done) controller.close();
          else controller.enqueue(value);
        } catch (thrown) {
          controller.error(thrown);
        }
      },
      async cancel(reason) {
        stop.abort(reason);
        await body.return();
        await audio.return();
      },
    },
    { highWaterMark: 0 },
  );
}
