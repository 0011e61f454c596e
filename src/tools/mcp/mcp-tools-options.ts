import type { JsonObject } from "../../base/json.js";
import {
  anything,
  boolean,
  type Check,
  callable,
  either,
  exactly,
  filledString,
  having,
  limit,
  list,
  milliseconds,
  oneOf,
  string,
  stringRecord,
  waitMs,
} from "../../stream/checks.js";
import { invalid } from "../../stream/error.js";
import { checkApproval, type ToolCallContext } from "../tool.js";
import { checkRoots, type McpClientFeatures } from "./mcp-client-features.js";
import { SAMPLING } from "./mcp-sampling.js";
import type { HttpServer, McpServer, StdioServer } from "./mcp-server.js";

/** A tool as its MCP server describes it. Nothing checks that its annotations are true. */
export interface McpToolInfo {
  /** The server's name for it. */
  name: string;
  /** For people. */
  title?: string | undefined;
  /** For the model. */
  description?: string | undefined;
  annotations?:
    | {
        readOnlyHint?: boolean | undefined;
        destructiveHint?: boolean | undefined;
        idempotentHint?: boolean | undefined;
        openWorldHint?: boolean | undefined;
      }
    | undefined;
}

/** Settings of `mcpTools` beside the server. */
export interface McpToolsOptions extends McpClientFeatures {
  /** Put before each tool's name, to keep the names of several servers apart. */
  prefix?: string;
  /** Which tools to offer. Default: all. */
  filter?: (tool: McpToolInfo) => boolean;
  /** Whether a person has to allow a call: always, for some tools or arguments, or for some callers (`call.context.caller`). Default false. */
  approval?: boolean | ((tool: McpToolInfo, input: JsonObject, call: ToolCallContext) => boolean | Promise<boolean>);
  /** Ms that one call may take. Default: the loop's `timeoutMs`. */
  timeoutMs?: number;
  /** Ms until the server must have answered when connecting, and with each page of its list. Default 30,000. */
  connectTimeoutMs?: number;
  /** How many calls the server gets at once. Default: as many as the loop allows. */
  concurrency?: number;
  /**
   * Whether the tools of other servers can be used without this one: while it cannot be reached it has no tools, and it is
   * tried again after `retryMs`. Default false: the stream fails.
   */
  optional?: boolean;
  /** Ms until an `optional` server that could not be reached is tried again. Default 30,000. */
  retryMs?: number;
  /**
   * Called with errors that belong to no call: a broken stream of notifications, a tool that is left out because its
   * description is not valid, an `optional` server that cannot be reached. Default: a warning of the process.
   */
  onError?: (error: Error) => void;
}

const OPTIONS = exactly("mcpTools", {
  command: filledString,
  args: list("an array of strings", string),
  env: stringRecord,
  cwd: string,
  url: anything,
  headers: stringRecord,
  authProvider: having("a provider of OAuth", "tokens"),
  roots: list("an array of roots", anything),
  onElicitation: either("a function, or ask", oneOf("ask"), callable),
  sampling: SAMPLING,
  prefix: string,
  filter: callable,
  approval: checkApproval,
  timeoutMs: milliseconds,
  connectTimeoutMs: milliseconds,
  concurrency: limit,
  optional: boolean,
  retryMs: waitMs,
  onError: callable,
} satisfies Record<keyof StdioServer | keyof HttpServer | keyof McpToolsOptions, Check>);

/** @throws {SluiceError} `invalid-argument` for invalid settings. */
export function checkMcpOptions(options: McpServer & McpToolsOptions): void {
  OPTIONS(options, "");
  const { connectTimeoutMs, timeoutMs, retryMs, roots = [] } = options;
  if (retryMs !== undefined && !(retryMs >= 0)) throw invalid("retryMs", retryMs, "ms of at least 0");
  if (connectTimeoutMs !== undefined && !(connectTimeoutMs > 0))
    throw invalid("connectTimeoutMs", connectTimeoutMs, "ms above 0");
  if (timeoutMs !== undefined && !(timeoutMs > 0)) throw invalid("timeoutMs", timeoutMs, "ms above 0");
  if ("url" in options && !URL.canParse(String(options.url))) throw invalid("url", options.url, "an absolute URL");
  checkRoots(roots);
}
