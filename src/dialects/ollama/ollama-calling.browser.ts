import type { CallingDialect } from "../dialect.js";
import { inParts } from "../in-parts.js";
import { PlainOllamaReader } from "./plain-reader.js";
import { writePlainRequest } from "./write-settings.js";

/** The same in two parts: a page that asks and is answered in text loads no more than that needs. */
export const ollamaCalling: CallingDialect = /* @__PURE__ */ inParts(
  { name: "ollama", optionNames: ["ollama"], framing: "ndjson" },
  { writeRequest: writePlainRequest, reader: () => new PlainOllamaReader() },
  async () => (await import("./whole-codec.js")).wholeCodec,
);
