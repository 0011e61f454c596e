import { exactly } from "../../stream/checks.js";
import { invalid } from "../../stream/error.js";
import { findProvider } from "../named-model.js";
import { serviceOf } from "../provider-service.js";
import type { Registry } from "../registry.js";
import { SERVICE_OPTIONS, type ServiceOptions } from "../service-options.js";
import type { EmbeddingModel } from "./embedding-model.js";
import { embeddingProtocolOf } from "./embedding-protocols.js";
import { httpEmbedder } from "./http-embedder.js";

/** Settings of `embedder`. What is given here wins over the environment. */
export type EmbedderOptions = ServiceOptions;

const EMBEDDER = exactly("embedder", SERVICE_OPTIONS);

/**
 * The embedding model of a name such as `openai/text-embedding-3-small`, `gemini/gemini-embedding-001` or
 * `ollama/nomic-embed-text`: services that speak OpenAI's protocol, Gemini's or Ollama's. Key and base URL come from the options
 * or from the usual variables. Nothing is sent.
 *
 * @param registry where the provider is looked up. Default: the one that `model` uses.
 * @throws {SluiceError} `unknown-model` with the nearest names; `missing-key` with the variable to set; `unsupported` for a
 *   provider without embeddings; `invalid-argument` for invalid settings.
 * @example
 * ```ts
 * import { embed, embedder } from "sluice/models";
 *
 * const local = embedder("ollama/nomic-embed-text", { baseUrl: "http://127.0.0.1:11434" });
 * const { vectors } = await embed(local, ["a gate"]);
 * ```
 */
export function embedder(
  asked: string,
  options: EmbedderOptions = {},
  registry: Pick<Registry, "find"> = { find: findProvider },
): EmbeddingModel {
  if (typeof asked !== "string") throw invalid("model", asked, "a name such as openai/text-embedding-3-small");
  EMBEDDER(options, "");
  const { provider, name } = registry.find(asked, options.env);
  const id = `${provider.id}/${name}`;
  const { dialect } = provider;
  const protocol = embeddingProtocolOf(dialect.name, id);
  return httpEmbedder({ id, model: name, protocol, dialect, ...serviceOf(provider, id, name, options) });
}
