import { embedder } from "../models/embeddings/embedder.js";
import { isEmbeddingModel } from "../models/embeddings/embedding-model.js";
import { voiceOf } from "../speech/voices/voice-of-name.js";
import { type Check, either, filledString, having, record } from "../stream/checks.js";
import { Named } from "./named.js";
import type { ServerCore } from "./server-core.js";
import type { ServerOptions } from "./server-options.js";

/** The checks of what is served beside chat models. */
export const BESIDE = {
  embeddings: record(
    "an object of embedding models",
    either("an embedding model, or a name", filledString, having("an embedding model", "embedTexts")),
  ),
  voices: record("an object of voices", either("a voice, or a name", filledString, having("a voice", "synthesize"))),
  transcribers: record("an object of transcribers", having("a transcriber", "transcribe")),
} satisfies Record<string, Check>;

/** What is served beside chat models, by name. @throws {SluiceError} as `embedder` and `voiceOf` do. */
export function servedBeside(options: ServerOptions): Pick<ServerCore, "embedders" | "voices" | "transcribers"> {
  const { embeddings = {}, voices = {}, transcribers = {} } = options;
  return {
    embedders: named("embedding model", embeddings, (one) => (isEmbeddingModel(one) ? one : embedder(one))),
    voices: named("voice", voices, (one) => (typeof one === "string" ? voiceOf(one) : one)),
    transcribers: named("transcriber", transcribers, (one) => one),
  };
}

function named<Given, T>(what: string, given: Readonly<Record<string, Given>>, open: (one: Given) => T): Named<T> {
  return new Named(what, new Map(Object.entries(given).map(([name, one]) => [name, open(one)])));
}
