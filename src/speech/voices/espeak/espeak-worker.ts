/** What the worker is asked. */
export interface EspeakJob {
  id: number;
  text: string;
  voice: string;
  /** Words a minute. */
  rate: number;
  /** From 0 to 99; 50 is the voice's own. */
  pitch: number;
}

/** A word, where it begins in the text (in characters, from 1), and when, in ms. */
export interface EspeakWord {
  at: number;
  length: number;
  ms: number;
}

/** What it answers: audio as it is made, and that it is over or has failed. */
export type EspeakReply =
  | { id: number; pcm: Uint8Array; words: EspeakWord[] }
  | { id: number; done: true }
  | { id: number; error: string };

interface Port {
  on(event: "message", handler: (job: EspeakJob) => void): void;
  postMessage(reply: EspeakReply): void;
}

/** An event of the engine. */
interface EspeakEvent {
  type: string;
  text_position: number;
  word_length: number;
  audio_position: number;
}

/** The engine of `@echogarden/espeak-ng-emscripten`, as far as it is used. */
export interface EspeakEngine {
  /** Returns 0 where there is such a voice. */
  set_voice(name: string): number;
  set_rate(wordsPerMinute: number): void;
  set_pitch(pitch: number): void;
  synthesize(
    text: string,
    onAudio: (audio: ArrayBuffer | ArrayBufferView | null, events: EspeakEvent[] | null) => void,
  ): void;
}

/** What runs in the worker. It uses nothing from outside itself. */
export async function serveEspeak(port: Port, open: () => Promise<EspeakEngine>): Promise<void> {
  const bytesOf = (audio: ArrayBuffer | ArrayBufferView) =>
    ArrayBuffer.isView(audio)
      ? new Uint8Array(audio.buffer, audio.byteOffset, audio.byteLength)
      : new Uint8Array(audio);
  const opening = open();
  // Asked for before it was there: each job waits for it.
  port.on("message", ({ id, text, voice, rate, pitch }) => {
    opening.then(
      (engine) => {
        if (engine.set_voice(voice) !== 0) {
          port.postMessage({ id, error: `there is no voice ${voice}` });
          return;
        }
        engine.set_rate(rate);
        engine.set_pitch(pitch);
        engine.synthesize(text, (audio, events) => {
          const words = (events ?? []).filter(({ type }) => type === "word");
          const found = words.map((word) => ({
            at: word.text_position,
            length: word.word_length,
            ms: word.audio_position,
          }));
          // The engine's memory is used again.
          const pcm = audio === null ? new Uint8Array(0) : bytesOf(audio).slice();
          if (pcm.length > 0 || found.length > 0) port.postMessage({ id, pcm, words: found });
        });
        port.postMessage({ id, done: true });
      },
      (thrown: unknown) => port.postMessage({ id, error: String(thrown) }),
    );
  });
}
