import type { Transcriber } from "../../speech/listen/transcriber.js";
import type { Voice } from "../../speech/voices/voice.js";
import { boolean, exactly, filledString, string, wholeNumber } from "../../stream/checks.js";
import { invalid } from "../../stream/error.js";

/** How the Realtime protocol is served. */
export interface RealtimeOptions {
  /** Who speaks, or the name for `voiceOf`. Default `auto`: the first that is configured, else `flite`. */
  voice?: Voice | string;
  /**
   * Voices that clients may ask for, under these names. Where a client asks for one of OpenAI's own (`alloy`, `marin` and so
   * on) that is not among them, `voice` speaks, and `session.updated` says so.
   */
  voices?: Readonly<Record<string, Voice | string>>;
  /**
   * Who writes down what users say, or the name for `transcriberOf`; `false` for sessions of text only. Default: the first
   * that is configured, else none.
   */
  transcriber?: Transcriber | string | false;
  /** Whether turns are found by voice activity, which needs `@echogarden/fvad-wasm`. Default true. */
  voiceActivity?: boolean;
  /** Instructions where a client gives none. */
  instructions?: string;
  /** How long a session lasts at most, in ms. Default 3,600,000, as OpenAI's. */
  maxSessionMs?: number;
  /** Sessions at once. Default 100. */
  maxSessions?: number;
}

const voice = (value: unknown, path: string) => {
  if (typeof value === "string") return filledString(value, path);
  const speaks = typeof value === "object" && value !== null && "synthesize" in value;
  if (!speaks) throw invalid(path, value, "a voice, or the name of one");
};
const OPTIONS = exactly("the settings of Realtime", {
  voice,
  voices: (value, path) => {
    if (typeof value !== "object" || value === null || Array.isArray(value))
      throw invalid(path, value, "an object of voices");
    for (const [name, one] of Object.entries(value)) voice(one, `${path}.${name}`);
  },
  transcriber: (value, path) => {
    const writes = typeof value === "object" && value !== null && "transcribe" in value;
    if (value !== false && !writes) filledString(value, path);
  },
  voiceActivity: boolean,
  instructions: string,
  maxSessionMs: wholeNumber(1_000),
  maxSessions: wholeNumber(1),
});

/** @throws {SluiceError} `invalid-argument`. */
export function checkRealtimeOptions(value: unknown, path: string): void {
  OPTIONS(value, path);
}
