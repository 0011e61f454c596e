import type { CallingDialect } from "../dialect.js";
import { requestsInParts } from "../requests-in-parts.js";
import { answers } from "./answers.js";
import { writePlainRequest } from "./write-settings.js";

/** The same in two parts: a page that asks in text loads nothing that mends histories and writes tools. */
export const geminiCalling: CallingDialect = /* @__PURE__ */ requestsInParts(
  answers,
  writePlainRequest,
  async () => (await import("./write-request.js")).writeRequest,
);
