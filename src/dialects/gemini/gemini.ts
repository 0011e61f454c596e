import type { Dialect } from "../dialect.js";
import { writeError } from "./errors.js";
import { geminiCalling } from "./gemini-calling.js";
import { losses } from "./losses.js";
import { readRequest } from "./read-request.js";
import { writeBody } from "./write-body.js";
import { GeminiWriter } from "./writer.js";

/** Google's Gemini API: `generateContent` and `streamGenerateContent`. */
export const gemini: Dialect = {
  ...geminiCalling,
  losses,
  readRequest,
  writer: (context) => new GeminiWriter(context),
  writeBody,
  writeError,
};
