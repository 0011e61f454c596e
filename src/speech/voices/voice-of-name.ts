import { nearest } from "../../base/nearest.js";
import { defaultEnvironment, firstSet } from "../../models/provider-environment.js";
import { invalid, SluiceError } from "../../stream/error.js";
import { azureVoice } from "./cloud/azure-voice.js";
import { cartesiaVoice } from "./cloud/cartesia-voice.js";
import { elevenLabsVoice } from "./cloud/elevenlabs-voice.js";
import { googleVoice } from "./cloud/google-voice.js";
import { openAiVoice } from "./cloud/openai-voice.js";
import { xttsVoice } from "./cloud/xtts-voice.js";
import { espeak } from "./espeak/espeak.js";
import { type FliteVoiceName, flite } from "./flite/flite.js";
import type { Voice } from "./voice.js";

type Environment = Readonly<Record<string, string | undefined>>;

/** How a service's voices are named, and what makes it usable. */
interface VoiceKind {
  /** Variables that must all be set for `auto` to take it; none for what needs no service. */
  needs: readonly string[];
  /** `auto` never takes it. */
  onlyByName?: true;
  /** A variable that makes it usable as well. */
  or?: string;
  /** @param name what follows the slash; empty where nothing does. */
  make(name: string, env: Environment): Voice;
}

/** In the order in which `auto` looks for them. */
const KINDS: Readonly<Record<string, VoiceKind>> = {
  xtts: {
    needs: ["COQUI_XTTS_URL"],
    make: (voice, env) => xttsVoice({ env, ...(voice !== "" && { voice }) }),
  },
  cartesia: {
    needs: ["CARTESIA_API_KEY", "CARTESIA_VOICE_ID"],
    make: (voice, env) => cartesiaVoice({ env, ...(voice !== "" && { voice }) }),
  },
  elevenlabs: {
    needs: ["ELEVENLABS_API_KEY"],
    make: (voice, env) => elevenLabsVoice({ env, ...(voice !== "" && { voice }) }),
  },
  openai: {
    needs: ["OPENAI_API_KEY"],
    make: (name, env) => {
      const [model = "", voice = ""] = name.split("/");
      // One name is a voice: `openai/nova`; two are a model and a voice.
      const [first, second] = voice === "" ? ["", model] : [model, voice];
      return openAiVoice({ env, ...(first !== "" && { model: first }), ...(second !== "" && { voice: second }) });
    },
  },
  azure: {
    needs: ["AZURE_SPEECH_KEY", "AZURE_SPEECH_REGION"],
    make: (voice, env) => azureVoice({ env, ...(voice !== "" && { voice }) }),
  },
  google: {
    needs: ["GOOGLE_TTS_API_KEY"],
    or: "GOOGLE_APPLICATION_CREDENTIALS",
    make: (voice, env) => googleVoice({ env, ...(voice !== "" && { voice }) }),
  },
  espeak: {
    needs: [],
    // Its licence is for whoever uses it to choose.
    onlyByName: true,
    make: (voice) => espeak(voice === "" ? {} : { voice }),
  },
  flite: {
    needs: [],
    make: (name) => flite(name === "" ? {} : { voice: fliteName(name) }),
  },
};

/**
 * The voice of a name: `flite`, `flite/slt`, `openai/nova`, `openai/tts-1/nova`, `elevenlabs/<id>`, `cartesia/<id>`,
 * `google/en-US-Neural2-C`, `azure/en-US-AvaNeural`, `xtts/Claribel Dervla`, `espeak/de`. `auto` is the first whose variables are set,
 * in the order Coqui XTTS, Cartesia, ElevenLabs, OpenAI, Azure, Google; else `flite`, which needs no service.
 *
 * @throws {SluiceError} `invalid-argument` with the nearest names; `missing-key` with the variable to set.
 * @example
 * ```ts
 * import { voiceOf } from "sluice/speech";
 *
 * for await (const { data } of voiceOf("auto").synthesize("Hello there.")) console.log(data.length);
 * ```
 */
export function voiceOf(name: string, env: Environment = defaultEnvironment()): Voice {
  if (typeof name !== "string") throw invalid("voice", name, "a name such as auto, flite or openai/nova");
  if (name === "auto") return configured(env);
  const [kind = "", ...rest] = name.split("/");
  const found = Object.hasOwn(KINDS, kind) ? KINDS[kind] : undefined;
  if (found !== undefined) return found.make(rest.join("/"), env);
  const names = ["auto", ...Object.keys(KINDS)];
  const close = nearest(kind, names);
  throw invalid("voice", name, `${(close.length > 0 ? close : names).join(", ")}, with a voice after a slash`);
}

function configured(env: Environment): Voice {
  for (const kind of Object.values(KINDS)) {
    if (kind.onlyByName === true) continue;
    const isSet = (variable: string) => firstSet([variable], env) !== undefined;
    if (kind.needs.every(isSet) || (kind.or !== undefined && isSet(kind.or))) return kind.make("", env);
  }
  throw new SluiceError("missing-key", "no voice is configured");
}

function fliteName(name: string): FliteVoiceName {
  if (name === "rms" || name === "slt" || name === "awb" || name === "kal16" || name === "kal") return name;
  throw invalid("voice", `flite/${name}`, "flite/rms, flite/slt, flite/awb, flite/kal16, flite/kal");
}
