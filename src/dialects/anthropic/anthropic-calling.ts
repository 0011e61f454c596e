import type { CallingDialect } from "../dialect.js";
import { ANTHROPIC } from "./opaque.js";
import { wholeCodec } from "./whole-codec.js";

/** Anthropic's Messages API, as a model calls it. */
export const anthropicCalling: CallingDialect = {
  name: ANTHROPIC,
  framing: "sse",
  ...wholeCodec,
  reader: () => wholeCodec.reader(),
};
