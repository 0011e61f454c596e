import type { CallingDialect } from "../dialect.js";
import { readError } from "./errors.js";
import { GEMINI } from "./opaque.js";
import { readBody } from "./read-body.js";
import { GeminiReader } from "./reader.js";
import { writeRequest } from "./write-request.js";

/** Google's Gemini API, as a model calls it. */
export const geminiCalling: CallingDialect = {
  name: GEMINI,
  framing: "sse",
  writeRequest,
  reader: () => new GeminiReader(),
  readBody,
  readError,
};
