import type { JsonValue } from "../../base/json.js";
import { badRequest, WireObject } from "../../dialects/wire-object.js";
import { jsonReply, type ServerCall, type ServerReply } from "../call.js";
import type { ServerCore } from "../server-core.js";
import { dimensionsOf, embedFor } from "./embed-for.js";

/** Gemini's `embedContent` and `batchEmbedContents` of a model. */
export async function geminiEmbedding(
  core: ServerCore,
  call: ServerCall,
  { model, method, body }: { model: string; method: string; body: JsonValue },
): Promise<ServerReply> {
  const wire = new WireObject(body, "");
  if (method === "embedContent") {
    const asked = { model, texts: [textIn(wire)], dimensions: dimensionsIn(wire), field: "content" };
    const { vectors } = await embedFor(core, call, asked);
    return jsonReply({ embedding: { values: vectors[0] } });
  }
  const requests = wire.any("requests");
  if (!Array.isArray(requests)) throw badRequest("requests", requests, "a list of requests");
  const each = requests.map((one, index) => new WireObject(one, `requests[${index}]`));
  const [dimensions, ...others] = new Set(each.map(dimensionsIn));
  if (others.length > 0) throw badRequest("requests", requests, "requests for vectors of one length");
  const { vectors } = await embedFor(core, call, { model, texts: each.map(textIn), dimensions, field: "requests" });
  return jsonReply({ embeddings: vectors.map((values) => ({ values })) });
}

function dimensionsIn(wire: WireObject): number | undefined {
  const config = wire.object("embedContentConfig");
  return dimensionsOf(wire, "outputDimensionality") ?? (config && dimensionsOf(config, "outputDimensionality"));
}

function textIn(wire: WireObject): string {
  const content = wire.requiredObject("content");
  const parts = content.any("parts");
  if (!Array.isArray(parts)) throw badRequest(content.field("parts"), parts, "a list of texts");
  return parts
    .map((part, index) => new WireObject(part, `${content.field("parts")}[${index}]`).requiredString("text"))
    .join("");
}
