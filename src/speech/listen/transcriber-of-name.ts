import { nearest } from "../../base/nearest.js";
import { defaultEnvironment, firstSet } from "../../models/provider-environment.js";
import { invalid } from "../../stream/error.js";
import { openAiTranscriber, type Transcriber } from "./transcriber.js";

type Environment = Readonly<Record<string, string | undefined>>;

const KINDS: Readonly<Record<string, (name: string, env: Environment) => Transcriber>> = {
  openai: (model, env) => openAiTranscriber({ env, ...(model !== "" && { model }) }),
};

/**
 * The transcriber of a name: `openai`, `openai/whisper-1`. `OPENAI_BASE_URL` may lead to any service with the same API.
 *
 * @throws {SluiceError} `invalid-argument` with the nearest names; `missing-key` with the variable to set.
 */
export function transcriberOf(name: string, env: Environment = defaultEnvironment()): Transcriber {
  if (typeof name !== "string") throw invalid("transcriber", name, "a name such as openai");
  const [kind = "", ...rest] = name.split("/");
  const make = Object.hasOwn(KINDS, kind) ? KINDS[kind] : undefined;
  if (make !== undefined) return make(rest.join("/"), env);
  const names = Object.keys(KINDS);
  const close = nearest(kind, names);
  throw invalid("transcriber", name, `${(close.length > 0 ? close : names).join(", ")}, with a model after a slash`);
}

/** The transcriber whose variables are set; `undefined` if there is none. */
export function configuredTranscriber(env: Environment = defaultEnvironment()): Transcriber | undefined {
  return firstSet(["OPENAI_API_KEY", "OPENAI_BASE_URL"], env) === undefined ? undefined : transcriberOf("openai", env);
}
