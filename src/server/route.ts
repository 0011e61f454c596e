import type { Dialect } from "../dialects/dialect.js";
import type { Handle, ServerCall } from "./call.js";

/** One path of a server. */
export interface Route {
  method: "GET" | "POST" | "DELETE" | "PATCH" | "HEAD";
  /** A path of Hono's: `*` at the end takes the rest. */
  path: string;
  handle: Handle;
  /** How errors are written. */
  errors: Pick<Dialect, "writeError">;
  /** The same where several protocols have one path: by who asks. */
  errorsFor?(call: ServerCall): Pick<Dialect, "writeError">;
  /** Whether no key is asked for. Default false. */
  open?: boolean;
  /** Whether pages of other sites may load it too: it tells everyone the same. Default false. */
  anyone?: boolean;
  /** What it does, for the OpenAPI document. */
  summary: string;
}
