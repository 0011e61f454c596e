import { isJsonObject, parseJson } from "../../../src/base/json.js";
import { wavHeader } from "../../../src/speech/audio/wav.js";
import { SluiceError } from "../../../src/stream/error.js";
import { key, urlOf } from "../api/server.js";

/** What transcribers want, in Hz. */
export const TRANSCRIBED_RATE = 16_000;

/** The words of a recording. @param pcm 16-bit samples, one channel, at `TRANSCRIBED_RATE`. */
export async function transcribe(pcm: Uint8Array<ArrayBuffer>, transcriber: string): Promise<string> {
  const header = new Uint8Array(wavHeader(TRANSCRIBED_RATE, pcm.byteLength));
  const form = new FormData();
  form.set("model", transcriber);
  form.set("file", new Blob([header, pcm], { type: "audio/wav" }), "speech.wav");
  const headers = key.value === "" ? {} : { authorization: `Bearer ${key.value}` };
  const response = await fetch(urlOf("v1/audio/transcriptions"), { method: "POST", body: form, headers });
  const text = await response.text();
  const body = parseJson(text);
  if (response.ok && isJsonObject(body) && typeof body.text === "string") return body.text.trim();
  throw new SluiceError("provider-error", `the recording could not be transcribed (${response.status})`);
}
