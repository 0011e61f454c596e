import type { CallingDialect } from "../dialect.js";
import { readError } from "./errors.js";
import { ANTHROPIC } from "./opaque.js";
import { readBody } from "./read-body.js";
import { AnthropicReader } from "./reader.js";
import { writeRequest } from "./write-request.js";

/** Anthropic's Messages API, as a model calls it. */
export const anthropicCalling: CallingDialect = {
  name: ANTHROPIC,
  framing: "sse",
  writeRequest,
  reader: () => new AnthropicReader(),
  readBody,
  readError,
};
