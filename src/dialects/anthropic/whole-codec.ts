import type { WholeCodec } from "../in-parts.js";
import { readError } from "./errors.js";
import type { ReadText } from "./plain-reader.js";
import { readBody } from "./read-body.js";
import { AnthropicReader } from "./reader.js";
import { writeRequest } from "./write-request.js";

/** All that a model needs of the Messages API. */
export const wholeCodec: WholeCodec<ReadText> = {
  writeRequest,
  reader: (read) => new AnthropicReader(read),
  readBody,
  readError,
};
