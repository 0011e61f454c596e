import type { CallingDialect } from "../dialect.js";
import { inParts } from "../in-parts.js";
import { PlainMessageReader } from "./plain-reader.js";
import { writePlainRequest } from "./write-settings.js";

/** The same in two parts: a page that asks and is answered in text loads no more than that needs. */
export const anthropicCalling: CallingDialect = /* @__PURE__ */ inParts(
  { name: "anthropic", framing: "sse" },
  { writeRequest: writePlainRequest, reader: () => new PlainMessageReader() },
  async () => (await import("./whole-codec.js")).wholeCodec,
);
