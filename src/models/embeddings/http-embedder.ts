import { isJsonObject } from "../../base/json.js";
import type { CallingDialect } from "../../dialects/dialect.js";
import { SluiceError } from "../../stream/error.js";
import { HttpService, type HttpServiceOptions } from "../http/http-service.js";
import { postJson } from "../http/json-calls.js";
import { checkVectors } from "./check-vectors.js";
import type { EmbeddingModel } from "./embedding-model.js";
import type { EmbeddingProtocol } from "./embedding-protocols.js";

/** What an embedding model behind HTTP is. */
export interface HttpEmbedderOptions extends HttpServiceOptions {
  id: string;
  /** As the service names it. */
  model: string;
  protocol: EmbeddingProtocol;
  /** What the service says of a failure. */
  dialect: Pick<CallingDialect, "readError" | "load">;
}

/** OpenAI takes 300,000 tokens a call, and a character of some scripts is more than one; others take what fits in memory. */
const MAX_CHARS = 250_000;

/** The longest answer, in bytes: 256 vectors of 3,072 numbers as JSON are some 17 MB. */
const MAX_ANSWER_BYTES = 64 * 1024 * 1024;

/** An embedding model that is called over HTTP. Nothing is sent before it is asked. */
export function httpEmbedder(options: HttpEmbedderOptions): EmbeddingModel {
  const { id, model, protocol, dialect, ...service } = options;
  const http = new HttpService(service);
  return {
    id,
    maxTexts: protocol.maxTexts,
    maxChars: MAX_CHARS,
    async embedTexts(texts, { dimensions, ...call }) {
      await dialect.load?.();
      const asked = protocol.write(model, texts, dimensions);
      const body = await postJson(http, id, protocol.path(model), asked, dialect.readError, {
        ...call,
        maxBytes: MAX_ANSWER_BYTES,
      });
      if (!isJsonObject(body)) throw new SluiceError("malformed-frame", `${id} answered with no object`, { model: id });
      const { vectors, usage } = protocol.read(body);
      return { vectors: checkVectors(vectors, texts.length, id), usage };
    },
  };
}
