import type { CallingDialect } from "../dialect.js";
import { chatForm } from "./answer-form.js";
import { ollamaCallingOf } from "./calling-of.js";
import { writeRequest } from "./write-request.js";

/** Ollama's `/api/chat`, as a model calls it. */
export const ollamaCalling: CallingDialect = /* @__PURE__ */ ollamaCallingOf(chatForm, writeRequest);
