import type { Dialect } from "../dialect.js";
import { readError, writeError } from "../openai-error.js";
import { readBody, writeBody } from "./body.js";
import { losses } from "./losses.js";
import { AI_SDK_UI } from "./metadata.js";
import { UiMessageReader } from "./reader.js";
import { readRequest, writeRequest } from "./request.js";
import { UiMessageWriter } from "./writer.js";

/** The UI message stream (version 1) of the AI SDK, which `useChat` of its versions 5 to 7 speaks. */
export const aiSdkUi: Dialect = {
  name: AI_SDK_UI,
  framing: "sse",
  losses,
  writeRequest,
  reader: () => new UiMessageReader(),
  readBody,
  readError,
  readRequest,
  writer: () => new UiMessageWriter(),
  writeBody,
  writeError,
};
