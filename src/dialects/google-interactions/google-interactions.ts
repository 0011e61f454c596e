import type { ReadingDialect } from "../dialect.js";
import { readError } from "../gemini/errors.js";
import { GOOGLE_INTERACTIONS } from "./own-state.js";
import { readBody } from "./read-body.js";
import { InteractionReader } from "./reader.js";

/** Google's Interactions API, for reading recorded answers only; it is neither called nor served. */
export const googleInteractions: ReadingDialect = {
  name: GOOGLE_INTERACTIONS,
  framing: "sse",
  reader: () => new InteractionReader(),
  readBody,
  readError,
};
