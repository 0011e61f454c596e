import type { CallingDialect } from "../dialect.js";
import { answers } from "./answers.js";
import { writeRequest } from "./write-request.js";

/** OpenAI's Responses API, as a model calls it. */
export const openAiResponsesCalling: CallingDialect = { ...answers, writeRequest };
