import { ChatStream } from "../../stream/chat-stream.js";
import { invalid } from "../../stream/error.js";
import { resolveSpeechOptions, type SpeechOptions } from "./speech-options.js";
import { SpeechSource } from "./speech-source.js";

/**
 * Speaks an answer while it is still being written. It is the same stream, with `sentence` and `audio-delta` events in it:
 * all other events come as they did, the audio comes in order and without gaps, beginning with the first sentence, and
 * `finish` comes when all is spoken. Leaving the stream ends the model and the synthesis at once.
 *
 * @throws {SluiceError} `invalid-argument` for unknown options; `stream-locked` when the stream has a reader.
 * @example
 * ```ts
 * import { stream } from "sluice";
 * import { flite, speak } from "sluice/speech";
 *
 * for await (const event of speak(stream("ollama/llama3.2", "Tell me a story."), { voice: flite() })) {
 *   if (event.type === "sentence") console.log(event.text);
 *   if (event.type === "audio-delta") console.log(event.data.length, "bytes of", event.mediaType);
 * }
 * ```
 */
export function speak(stream: ChatStream, options: SpeechOptions): ChatStream {
  if (typeof stream?.batches !== "function") throw invalid("stream", stream, "a ChatStream");
  const resolved = resolveSpeechOptions(options);
  return new ChatStream(new SpeechSource(stream.batches(), resolved));
}
