import type { WholeCodec } from "../in-parts.js";
import { chatForm } from "./answer-form.js";
import { ollamaCallingOf } from "./calling-of.js";
import { OllamaReader } from "./reader.js";
import { writeRequest } from "./write-request.js";

/** All that a model needs of `/api/chat`. The state is whether the answer has begun. */
export const wholeCodec: WholeCodec<boolean> = {
  ...ollamaCallingOf(chatForm, writeRequest),
  reader: (started) => new OllamaReader(chatForm, started),
};
