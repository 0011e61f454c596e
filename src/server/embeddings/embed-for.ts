import type { JsonValue } from "../../base/json.js";
import { badRequest, type WireObject } from "../../dialects/wire-object.js";
import { type Embedded, embed } from "../../models/embeddings/embed.js";
import { SluiceError } from "../../stream/error.js";
import type { ServerCall } from "../call.js";
import type { ServerCore } from "../server-core.js";

/** What a client wants vectors of. */
export interface EmbedAsked {
  model: string;
  texts: readonly string[];
  dimensions: number | undefined;
  /** What the client calls the texts. */
  field: string;
}

/** The vectors that a caller asks for, within its limits. @throws {SluiceError} what refuses it, or fails. */
export async function embedFor(core: ServerCore, call: ServerCall, asked: EmbedAsked): Promise<Embedded> {
  const { model, texts, dimensions, field } = asked;
  const embedder = core.embedders.find(model, call.caller);
  const empty = texts.indexOf("");
  if (texts.length === 0 || empty !== -1)
    throw badRequest(field, texts.length === 0 ? [] : "", "texts that are not empty");
  const admitted = await core.admit(call, model);
  try {
    const embedded = await embed(embedder, texts, {
      signal: call.signal,
      ...(dimensions !== undefined && { dimensions }),
    });
    const { usage, cost } = embedded;
    core.book(admitted, call, { usage, ...(cost !== undefined && { costUsd: cost }) });
    return embedded;
  } catch (thrown) {
    const error = SluiceError.from(thrown);
    core.book(admitted, call, { usage: {} }, error);
    throw error;
  }
}

/** How long the vectors are to be. @throws {SluiceError} `invalid-request`, by the client's own name for it. */
export function dimensionsOf(wire: WireObject, key: string): number | undefined {
  const dimensions = wire.number(key);
  if (dimensions === undefined || (Number.isSafeInteger(dimensions) && dimensions >= 1)) return dimensions;
  throw badRequest(wire.field(key), dimensions, "a whole number of at least 1");
}

/** Texts as clients give them: one, or several. @throws {SluiceError} `invalid-request`, for tokens as well. */
export function textsOf(value: JsonValue | undefined, field: string): string[] {
  const list = Array.isArray(value) ? value : [value];
  return list.map((one) => {
    if (typeof one === "string") return one;
    throw badRequest(field, one, "a text, or several; tokens are the business of one model");
  });
}
