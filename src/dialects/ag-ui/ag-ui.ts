import type { Dialect } from "../dialect.js";
import { readError, writeError } from "../openai-error.js";
import { readBody, writeBody } from "./body.js";
import { losses } from "./losses.js";
import { AgUiReader } from "./reader.js";
import { readRequest, writeRequest } from "./request.js";
import { AgUiWriter } from "./writer.js";

/** AG-UI 1.0, the protocol between agents and the pages that show them. */
export const agUi: Dialect = {
  name: "ag-ui",
  framing: "sse",
  losses,
  writeRequest,
  reader: () => new AgUiReader(),
  readBody,
  readError,
  readRequest,
  writer: (context) => new AgUiWriter(context),
  writeBody,
  writeError,
};
