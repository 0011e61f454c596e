import type { Dialect } from "../dialect.js";
import { readBody, writeBody } from "./body.js";
import { readError, writeError } from "./errors.js";
import { NativeReader } from "./reader.js";
import { readRequest, writeRequest } from "./request.js";
import { NativeWriter } from "./writer.js";

/** Sluice's own protocol: events as they are, in numbered entries. Nothing is lost. */
export const native: Dialect = {
  name: "native",
  framing: "sse",
  losses: [],
  writeRequest,
  reader: () => new NativeReader(),
  readBody,
  readError,
  readRequest,
  writer: (context) => new NativeWriter(context),
  writeBody,
  writeError,
};
