import type { Dialect } from "../dialect.js";
import { readError, writeError } from "./errors.js";
import { losses } from "./losses.js";
import { ANTHROPIC } from "./opaque.js";
import { readBody } from "./read-body.js";
import { readRequest } from "./read-request.js";
import { AnthropicReader } from "./reader.js";
import { writeBody } from "./write-body.js";
import { writeRequest } from "./write-request.js";
import { AnthropicWriter } from "./writer.js";

/** Anthropic's Messages API. */
export const anthropic: Dialect = {
  name: ANTHROPIC,
  framing: "sse",
  losses,
  writeRequest,
  reader: () => new AnthropicReader(),
  readBody,
  readError,
  readRequest,
  writer: (context) => new AnthropicWriter(context),
  writeBody,
  writeError,
};
