import { decodeBase64 } from "../../base/base64.js";
import type { JsonObject } from "../../base/json.js";
import { sniffMediaType } from "../../base/sniff-media-type.js";
import type { Emit } from "../../stream/chat-event.js";
import { malformed } from "../parse-frame.js";
import { ownOpaque } from "./opaque.js";

/** A stream's sound is 16-bit samples at 24,000 Hz (https://platform.openai.com/docs/guides/audio). */
const PCM = "audio/pcm";
const PCM_HZ = 24_000;

/** Sound that a model speaks. In a stream it comes in pieces, each base64 of its own; a whole one has the form asked for. */
export class EmittedAudio {
  #id: string | undefined;
  /** Whether the id was emitted: the sound is referred to by it. */
  #named = true;

  /**
   * A piece of a stream.
   *
   * @throws {SluiceError} `malformed-frame` where it is not base64.
   */
  push(audio: JsonObject, emit: Emit): void {
    this.#name(audio);
    if (typeof audio.data === "string" && audio.data !== "") this.#emit(bytesOf(audio.data), emit);
  }

  /**
   * The sound of a whole message.
   *
   * @throws {SluiceError} `malformed-frame` where it is not base64.
   */
  pushWhole(audio: JsonObject, emit: Emit): void {
    this.#name(audio);
    if (typeof audio.data !== "string") return;
    const data = bytesOf(audio.data);
    const found = sniffMediaType(data);
    const mediaType = found?.startsWith("audio/") ? found : `${PCM};rate=${PCM_HZ}`;
    this.#named = true;
    emit({ type: "file", mediaType, data, opaque: ownOpaque({ audio: { id: this.#id ?? "" } }) });
  }

  /** The answer is over: sound of which only the id came is named all the same. */
  end(emit: Emit): void {
    if (!this.#named) this.#emit(new Uint8Array(), emit);
  }

  #name({ id }: JsonObject): void {
    if (typeof id !== "string" || id === "" || id === this.#id) return;
    this.#id = id;
    this.#named = false;
  }

  #emit(data: Uint8Array, emit: Emit): void {
    const named = this.#named ? {} : { opaque: ownOpaque({ audio: { id: this.#id ?? "" } }) };
    this.#named = true;
    emit({ type: "audio-delta", data, mediaType: PCM, sampleRate: PCM_HZ, ...named });
  }
}

function bytesOf(base64: string): Uint8Array {
  try {
    return decodeBase64(base64);
  } catch (cause) {
    throw malformed(base64, "sound that is not base64", cause);
  }
}
