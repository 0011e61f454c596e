import { decodeBase64 } from "../../base/base64.js";
import type { JsonObject } from "../../base/json.js";
import { sniffMediaType } from "../../base/sniff-media-type.js";
import type { ChatEvent } from "../../stream/chat-event.js";
import { malformed } from "../parse-frame.js";
import { ownOpaque } from "./opaque.js";

/** A stream's sound: 16-bit samples at 24,000 Hz. */
const PCM = "audio/pcm;rate=24000";

/** Sound that a model speaks. In a stream it comes in pieces, each base64 of its own; a whole one has the form asked for. */
export class SaidAudio {
  readonly #pieces: Uint8Array[] = [];
  #id = "";
  #any = false;

  /** @throws {SluiceError} `malformed-frame` where a piece is not base64. */
  push({ id, data }: JsonObject): void {
    this.#any = true;
    if (typeof id === "string") this.#id = id;
    if (typeof data === "string") this.#pieces.push(bytesOf(data));
  }

  /** All of it, named so that it can be referred to; `undefined` where there was none. */
  get file(): ChatEvent | undefined {
    if (!this.#any) return undefined;
    const data = new Uint8Array(this.#pieces.reduce((length, piece) => length + piece.length, 0));
    let at = 0;
    for (const piece of this.#pieces) {
      data.set(piece, at);
      at += piece.length;
    }
    const found = this.#pieces.length === 1 ? sniffMediaType(data) : undefined;
    const mediaType = found?.startsWith("audio/") ? found : PCM;
    return { type: "file", mediaType, data, opaque: ownOpaque({ audio: { id: this.#id } }) };
  }
}

function bytesOf(base64: string): Uint8Array {
  try {
    return decodeBase64(base64);
  } catch (cause) {
    throw malformed(base64, "sound that is not base64", cause);
  }
}
