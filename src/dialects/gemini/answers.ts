import type { CallingDialect } from "../dialect.js";
import { readError } from "./errors.js";
import { GEMINI } from "./opaque.js";
import { readBody } from "./read-body.js";
import { GeminiReader } from "./reader.js";

/** All of the Gemini API but what writes requests. */
export const answers: Omit<CallingDialect, "writeRequest"> = {
  name: GEMINI,
  framing: "sse",
  reader: () => new GeminiReader(),
  readBody,
  readError,
};
