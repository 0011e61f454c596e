import type { Dialect } from "../dialect.js";
import { anthropicCalling } from "./anthropic-calling.js";
import { writeError } from "./errors.js";
import { losses } from "./losses.js";
import { readRequest } from "./read-request.js";
import { writeBody } from "./write-body.js";
import { AnthropicWriter } from "./writer.js";

/** Anthropic's Messages API. */
export const anthropic: Dialect = {
  ...anthropicCalling,
  losses,
  readRequest,
  writer: (context) => new AnthropicWriter(context),
  writeBody,
  writeError,
};
