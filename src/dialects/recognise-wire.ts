import { isJsonObject, type JsonObject, parseJson } from "../base/json.js";
import { string } from "../stream/checks.js";
import { SluiceError } from "../stream/error.js";
import type { Frame } from "../stream/framing/frame.js";
import { NdjsonReader } from "../stream/framing/ndjson-reader.js";
import { SseReader } from "../stream/framing/sse-reader.js";
import { agUi } from "./ag-ui/ag-ui.js";
import { aiSdkUi } from "./ai-sdk-ui/ai-sdk-ui.js";
import { anthropic } from "./anthropic/anthropic.js";
import type { Dialect, ReadingDialect } from "./dialect.js";
import { gemini } from "./gemini/gemini.js";
import { googleInteractions } from "./google-interactions/google-interactions.js";
import { native } from "./native/native.js";
import { ollama, ollamaGenerate } from "./ollama/ollama.js";
import { openAiChat } from "./openai-chat/openai-chat.js";
import { openAiResponses } from "./openai-responses/openai-responses.js";
import { WIRE_MARKS } from "./wire-marks.js";

/** A raw provider stream, cut into frames. */
export interface RecognisedWire {
  /** The protocol of the stream. */
  dialect: ReadingDialect;
  /** Its frames, for the reader of the dialect. */
  frames: Frame[];
}

/** The dialects that are recognised and served. */
export const DIALECTS: readonly Dialect[] = [
  openAiChat,
  openAiResponses,
  anthropic,
  gemini,
  ollama,
  ollamaGenerate,
  aiSdkUi,
  agUi,
  native,
];

/** Those, and the protocols that are only replayed. */
export const READING_DIALECTS: readonly ReadingDialect[] = [...DIALECTS, googleInteractions];

/** Frames that are looked at before a stream counts as unknown. */
const LOOKED_AT = 20;

/**
 * Recognises a raw provider stream: server-sent events, NDJSON, or one JSON object a line as some recordings have it.
 *
 * @param dialect if it is known.
 * @throws {SluiceError} `invalid-argument` when no dialect fits.
 * @example
 * ```ts
 * import { recogniseWire } from "sluice/dialects";
 *
 * const { dialect, frames } = recogniseWire('data: {"choices":[{"delta":{"content":"Hi"}}]}\n\ndata: [DONE]\n\n');
 * const reader = dialect.reader();
 * for (const frame of frames) reader.push(frame, (event) => console.log(event));
 * ```
 */
export function recogniseWire(text: string, dialect?: ReadingDialect): RecognisedWire {
  string(text, "text");
  const sse = /^\ufeff?(data|event|id|retry)?:/m.test(text.slice(0, 4_096)) && !/^\s*[{[]/.test(text);
  const frames = cut(text, sse);
  const mark = WIRE_MARKS.find(({ answer }) => frames.slice(0, LOOKED_AT).some((frame) => accepts(frame, answer)));
  const found = dialect ?? READING_DIALECTS.find(({ name }) => name === mark?.dialect);
  if (found !== undefined) return { dialect: found, frames };
  const names = READING_DIALECTS.map(({ name }) => name).join(", ");
  throw new SluiceError("invalid-argument", `the stream's dialect is not recognised; name it: ${names}`, {
    field: "dialect",
  });
}

function cut(text: string, sse: boolean): Frame[] {
  const frames: Frame[] = [];
  const reader = sse ? new SseReader() : new NdjsonReader();
  // A recording may lack the line end after its last frame.
  reader.push(new TextEncoder().encode(sse ? `${text}\n\n` : text), (frame) => frames.push(frame));
  reader.end((frame) => frames.push(frame));
  const last = frames.at(-1);
  // One that was cut off in the middle of a frame ends before it.
  if (last !== undefined && !text.endsWith("\n") && !isWhole(last)) frames.pop();
  return frames;
}

function isWhole({ data }: Frame): boolean {
  try {
    parseJson(data);
    return true;
  } catch {
    return data === "[DONE]";
  }
}

function accepts(frame: Frame, fits: (body: JsonObject) => boolean): boolean {
  try {
    const body = parseJson(frame.data);
    return isJsonObject(body) && fits(body);
  } catch {
    // Where the empty lines between events were lost, a frame is several objects, each on its line.
    const [line = ""] = frame.data.split("\n", 1);
    return line.length < frame.data.length && accepts({ data: line }, fits);
  }
}
