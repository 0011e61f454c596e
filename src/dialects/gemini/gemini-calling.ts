import type { CallingDialect } from "../dialect.js";
import { answers } from "./answers.js";
import { writeRequest } from "./write-request.js";

/** Google's Gemini API, as a model calls it. */
export const geminiCalling: CallingDialect = { ...answers, writeRequest };
