import type { Dialect } from "../dialect.js";
import { readError, writeError } from "./errors.js";
import { losses } from "./losses.js";
import { GEMINI } from "./opaque.js";
import { readBody } from "./read-body.js";
import { readRequest } from "./read-request.js";
import { GeminiReader } from "./reader.js";
import { writeBody } from "./write-body.js";
import { writeRequest } from "./write-request.js";
import { GeminiWriter } from "./writer.js";

/** Google's Gemini API: `generateContent` and `streamGenerateContent`. */
export const gemini: Dialect = {
  name: GEMINI,
  framing: "sse",
  losses,
  writeRequest,
  reader: () => new GeminiReader(),
  readBody,
  readError,
  readRequest,
  writer: (context) => new GeminiWriter(context),
  writeBody,
  writeError,
};
