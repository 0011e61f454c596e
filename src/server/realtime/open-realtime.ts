import type { WebSocket } from "ws";
import { fvadDetectors } from "../../speech/listen/fvad.js";
import type { Transcriber } from "../../speech/listen/transcriber.js";
import { configuredTranscriber, transcriberOf } from "../../speech/listen/transcriber-of-name.js";
import type { Voice } from "../../speech/voices/voice.js";
import { voiceOf } from "../../speech/voices/voice-of-name.js";
import { invalid } from "../../stream/error.js";
import type { Caller } from "../protect/caller.js";
import type { ServerCore } from "../server-core.js";
import type { ClientSecret } from "./client-secrets.js";
import type { RealtimeOptions } from "./realtime-options.js";
import { RealtimeSocket } from "./realtime-socket.js";

/** Realtime sessions of a server. */
export interface Realtime {
  /** Begins a session on a client's socket. */
  begin(client: WebSocket, caller: Caller, query: URLSearchParams, secret?: ClientSecret): void;
  /** Frees voices. */
  close(): Promise<void>;
}

/** OpenAI's voices (https://platform.openai.com/docs/api-reference/realtime-sessions): clients ask for them unasked. */
const OPENAI_VOICES = ["alloy", "ash", "ballad", "cedar", "coral", "echo", "marin", "sage", "shimmer", "verse"];

/** @throws {SluiceError} `invalid-argument` for an unknown name; `unsupported` where a package is not installed. */
export async function openRealtime(core: ServerCore, options: RealtimeOptions): Promise<Realtime> {
  const { voice = "auto", voices = {}, transcriber, voiceActivity = true, instructions } = options;
  const { maxSessionMs = 3_600_000, maxSessions = 100 } = options;
  // Voices that were given belong to whoever gave them.
  const own: Voice[] = [];
  const opened = (one: Voice | string) => {
    if (typeof one !== "string") return one;
    const made = voiceOf(one);
    own.push(made);
    return made;
  };
  const named = new Map(Object.entries(voices).map(([name, one]) => [name, opened(one)]));
  const usual = opened(voice);
  const writer = openedTranscriber(transcriber);
  const detector = writer !== undefined && voiceActivity ? await fvadDetectors() : undefined;
  let sessions = 0;
  return {
    begin(client, caller, query, secret) {
      if (sessions >= maxSessions) {
        client.close(1013, "too many sessions");
        return;
      }
      sessions++;
      client.once("close", () => {
        sessions--;
      });
      new RealtimeSocket(client, core, caller, query.get("model") ?? secret?.model, {
        ...(secret !== undefined && { session: secret.session }),
        voice: (name) => {
          const found = named.get(name);
          if (found !== undefined) return { name, voice: found };
          if (name === "" || OPENAI_VOICES.includes(name) || name === usual.id) return { name: usual.id, voice: usual };
          throw invalid("voice", name, [...named.keys(), usual.id].join(", "));
        },
        ...(writer !== undefined && { transcriber: writer }),
        ...(detector !== undefined && { detector }),
        ...(instructions !== undefined && { instructions }),
        maxSessionMs,
      });
    },
    async close() {
      await Promise.all(own.map((one) => one.close?.()));
    },
  };
}

function openedTranscriber(transcriber: RealtimeOptions["transcriber"]): Transcriber | undefined {
  if (transcriber === false) return undefined;
  if (transcriber === undefined) return configuredTranscriber();
  return typeof transcriber === "string" ? transcriberOf(transcriber) : transcriber;
}
