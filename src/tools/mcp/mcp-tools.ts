import type { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { systemClock } from "../../base/clock.js";
import { isJsonObject, type JsonObject } from "../../base/json.js";
import {
  anything,
  boolean,
  type Check,
  callable,
  either,
  exactly,
  filledString,
  jsonObject,
  limit,
  list,
  milliseconds,
  oneOf,
  string,
  stringRecord,
  waitMs,
  wholeNumber,
} from "../../stream/checks.js";
import { invalid, messageOf, SluiceError } from "../../stream/error.js";
import { loadPeer } from "../../stream/load-peer.js";
import { Slots } from "../../stream/slots.js";
import type { Tool, ToolContext } from "../tool.js";
import { toolSchema } from "../tool-schema.js";
import type { ToolSource } from "../toolbox.js";
import { AskElicitation } from "./ask-elicitation.js";
import { checkRoots, type McpClientFeatures } from "./mcp-client-features.js";
import { authorize, callError, connectMcp, httpStatusOf, listError, type McpConnection } from "./mcp-connection.js";
import { readMcpResult } from "./mcp-result.js";
import { type HttpServer, type McpServer, type StdioServer, serverName } from "./mcp-server.js";
import { listTools, type ServersTool } from "./mcp-tool-list.js";

/** A tool as its MCP server describes it. What the annotations say is the server's word. */
export interface McpToolInfo {
  /** The server's name for it. */
  name: string;
  title?: string | undefined;
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
  /** Whether a person has to allow a call. Default false. */
  approval?: boolean | ((tool: McpToolInfo, input: JsonObject) => boolean | Promise<boolean>);
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

/** The tools of an MCP server. */
export interface McpTools extends ToolSource {
  /**
   * The tools that the server has now. Connects when it is first called, and again after the connection was lost.
   *
   * @throws {SluiceError} `connect-failed` and the like, when the server cannot be used.
   */
  tools(): Promise<readonly Tool[]>;
  /**
   * Ends the sign-in of an `authProvider`: hands it the code that came back with the user. The tools can be used then.
   *
   * @throws {SluiceError} `authentication`; `unsupported` for a server without a URL.
   */
  finishAuthorization(code: string): Promise<void>;
  /** Ends the session, and the process where one was started. Tools cannot be used any more. */
  close(): Promise<void>;
}

/**
 * The tools of an MCP server, over stdio (`{ command, args, env }`) or streamable HTTP (`{ url, headers }`), for
 * `withTools`. The server checks the arguments. Its list is read again when it says that it has changed.
 *
 * @throws {SluiceError} `invalid-argument` for settings that cannot be.
 * @example
 * ```ts
 * import { model, stream, withTools } from "sluice";
 * import { mcpTools } from "sluice/tools";
 *
 * const files = mcpTools({ command: "npx", args: ["-y", "@modelcontextprotocol/server-filesystem", "."] });
 * const agent = withTools(model("openai/gpt-5"), [files]);
 * for await (const text of stream(agent, "What is in this folder?").text) process.stdout.write(text);
 * await files.close();
 * ```
 */
export function mcpTools(options: McpServer & McpToolsOptions): McpTools {
  return new McpToolSource(options);
}

/** Longer than any call: a loop's own limits end it. In ms, the most that a timer can hold. */
const NEVER = 2_147_483_647;

const CLOSED = "the connection to the MCP server was closed";

const OPTIONS = exactly("mcpTools", {
  command: filledString,
  args: list("an array of strings", string),
  env: stringRecord,
  cwd: string,
  url: anything,
  headers: stringRecord,
  authProvider: anything,
  roots: list("an array of roots", anything),
  onElicitation: either("a function, or ask", oneOf("ask"), callable),
  sampling: jsonObject,
  prefix: string,
  filter: callable,
  approval: anything,
  timeoutMs: milliseconds,
  connectTimeoutMs: milliseconds,
  concurrency: limit,
  optional: boolean,
  retryMs: waitMs,
  onError: callable,
} satisfies Record<keyof StdioServer | keyof HttpServer | keyof McpToolsOptions, Check>);

class McpToolSource implements McpTools {
  readonly #options: McpServer & McpToolsOptions;
  readonly #connectTimeoutMs: number;
  readonly #asking = new AskElicitation();
  readonly #slots: Slots | undefined;
  #connection: Promise<McpConnection> | undefined;
  #listed: Promise<readonly Tool[]> | undefined;
  readonly #closed = new AbortController();
  /** Until when an optional server is not tried again. */
  #missingUntil = 0;

  constructor(options: McpServer & McpToolsOptions) {
    OPTIONS(options, "");
    const { connectTimeoutMs = 30_000, timeoutMs, concurrency, retryMs = 30_000 } = options;
    if (!(retryMs >= 0)) throw invalid("retryMs", retryMs, "ms of at least 0");
    if (!(connectTimeoutMs > 0)) throw invalid("connectTimeoutMs", connectTimeoutMs, "ms above 0");
    if (timeoutMs !== undefined && !(timeoutMs > 0)) throw invalid("timeoutMs", timeoutMs, "ms above 0");
    if ("url" in options && !URL.canParse(String(options.url))) throw invalid("url", options.url, "an absolute URL");
    const { sampling } = options;
    if (sampling?.maxTokens !== undefined) wholeNumber(1)(sampling.maxTokens, "sampling.maxTokens");
    checkRoots(options.roots ?? []);
    this.#options = options.onElicitation === "ask" ? { ...options, onElicitation: this.#asking.answer } : options;
    this.#connectTimeoutMs = Math.min(connectTimeoutMs, NEVER);
    this.#slots = concurrency === undefined ? undefined : new Slots(concurrency);
  }

  async tools(): Promise<readonly Tool[]> {
    const { optional = false, retryMs = 30_000 } = this.#options;
    if (!optional || this.#closed.signal.aborted) return this.#allTools();
    if (systemClock.now() < this.#missingUntil) return [];
    try {
      return await this.#allTools();
    } catch (thrown) {
      this.#missingUntil = systemClock.now() + retryMs;
      this.#tell(SluiceError.from(thrown, "connect-failed"));
      return [];
    }
  }

  /** Reports an error that belongs to no call. */
  #tell(error: Error): void {
    const warn = (warning: Error) => globalThis.process?.emitWarning?.(warning);
    const { onError = warn } = this.#options;
    // It is called from within the connection: what it throws may not end that, or the process.
    try {
      onError(error);
    } catch (thrown) {
      warn(SluiceError.from(thrown, "invalid-argument"));
    }
  }

  async #allTools(): Promise<readonly Tool[]> {
    this.#listed ??= this.#list();
    const listed = this.#listed;
    try {
      return await listed;
    } catch (thrown) {
      // The next one to ask tries again.
      if (this.#listed === listed) this.#listed = undefined;
      throw thrown;
    }
  }

  async finishAuthorization(code: string): Promise<void> {
    if (!("url" in this.#options)) throw new SluiceError("unsupported", "only a server with a url has a sign-in");
    await authorize(this.#options, code);
  }

  async close(): Promise<void> {
    this.#closed.abort(new SluiceError("connect-failed", CLOSED));
    const connection = this.#connection;
    this.#forget();
    const opened = await connection?.catch(() => undefined);
    await opened?.close();
  }

  #forget(): void {
    this.#connection = undefined;
    this.#listed = undefined;
  }

  #connect(): Promise<McpConnection> {
    const { signal } = this.#closed;
    if (signal.aborted) throw new SluiceError("connect-failed", CLOSED);
    if (this.#connection !== undefined) return this.#connection;
    const watcher = {
      toolsChanged: () => {
        this.#listed = undefined;
      },
      closed: () => {
        if (this.#connection === connection) this.#forget();
      },
      failed: (error: Error) => this.#options.onError && this.#tell(error),
    };
    const connection = connectMcp(this.#options, this.#connectTimeoutMs, signal, watcher, this.#options);
    this.#connection = connection;
    connection.catch(() => {
      if (this.#connection === connection) this.#forget();
    });
    return connection;
  }

  /** Asks the server; once more over a new connection where it has forgotten the session, and has done nothing. */
  async #ask<T>(ask: (connection: McpConnection) => Promise<T>): Promise<T> {
    const connecting = this.#connect();
    const connection = await connecting;
    try {
      return await ask(connection);
    } catch (thrown) {
      if (!isForgotten(connection, thrown)) throw callError(this.#options, connection, thrown);
      if (this.#connection === connecting) this.#forget();
      await connection.close().catch(() => {});
      return ask(await this.#connect());
    }
  }

  async #list(): Promise<readonly Tool[]> {
    const skip = (name: string, why: string) => {
      const message = `the MCP server ${serverName(this.#options)} describes a tool ${name} that is left out: ${why}`;
      this.#tell(new SluiceError("protocol", message));
    };
    const all = await this.#ask(({ client }) => listTools(client, this.#connectTimeoutMs, skip)).catch((thrown) => {
      throw listError(this.#options, thrown);
    });
    const { filter = () => true } = this.#options;
    const names = new Set<string>();
    return all.filter((one) => filter(one)).flatMap((one) => this.#toolOrNone(one, names, skip));
  }

  #toolOrNone(one: ServersTool, names: Set<string>, skip: (name: string, why: string) => void): Tool[] {
    try {
      return [this.#tool(one, names)];
    } catch (thrown) {
      skip(one.name, messageOf(thrown));
      return [];
    }
  }

  #tool(one: ServersTool, names: Set<string>): Tool {
    const { approval, prefix = "", timeoutMs } = this.#options;
    const name = allowedName(`${prefix}${one.name}`, names);
    const description = one.description ?? one.title;
    const needsApproval = async (input: unknown) =>
      typeof approval === "function" ? approval(one, input as JsonObject) : approval === true;
    return {
      definition: {
        name,
        ...(description !== undefined && { description }),
        inputSchema: toolSchema(one.inputSchema),
      },
      ...(timeoutMs !== undefined && { timeoutMs }),
      ...(this.#slots && { slots: this.#slots }),
      ...(approval !== undefined && { needsApproval }),
      readInput: (value) =>
        isJsonObject(value) ? { value } : { issues: [{ path: [], message: "the arguments are not an object" }] },
      run: (input, context) => this.#asking.during(context.ask, () => this.#run(one, input as JsonObject, context)),
    };
  }

  async #run(one: ServersTool, input: JsonObject, { signal, progress }: ToolContext): Promise<unknown> {
    const progressToken = crypto.randomUUID();
    const params = { name: one.name, arguments: input, _meta: { progressToken } };
    const result = await this.#ask(async ({ client, progress: listeners }) => {
      listeners.set(progressToken, ({ progress: done, total, message }) => {
        void progress({ progress: done, total, message });
      });
      try {
        return await callTool(client, one, params, signal, progress);
      } finally {
        listeners.delete(progressToken);
      }
    });
    return readMcpResult(result);
  }
}

type CallParams = { name: string; arguments: JsonObject; _meta: { progressToken: string } };

async function callTool(
  client: Client,
  { execution }: ServersTool,
  params: CallParams,
  signal: AbortSignal,
  progress: ToolContext["progress"],
): Promise<JsonObject> {
  // Any result is taken as it is: what this version of the SDK does not know of stays in it.
  const { ResultSchema } = await loadPeer("@modelcontextprotocol/sdk/types.js", "tools of MCP servers");
  const options = { signal, timeout: NEVER };
  if (execution?.taskSupport === "required") return runTask(client, params, options, progress);
  return (await client.request({ method: "tools/call", params }, ResultSchema, options)) as JsonObject;
}

/** Runs a tool that the server runs as a task: its states are progress. */
async function runTask(
  client: Client,
  params: CallParams,
  options: { signal: AbortSignal; timeout: number },
  progress: ToolContext["progress"],
): Promise<JsonObject> {
  const { ResultSchema } = await loadPeer("@modelcontextprotocol/sdk/types.js", "tools of MCP servers");
  const { tasks } = client.experimental;
  const stream = tasks.requestStream({ method: "tools/call", params }, ResultSchema, { ...options, task: {} });
  for await (const message of stream) {
    switch (message.type) {
      case "taskCreated": {
        const { taskId } = message.task;
        options.signal.addEventListener("abort", () => void tasks.cancelTask(taskId).catch(() => {}), { once: true });
        break;
      }
      case "taskStatus": {
        const { status, statusMessage } = message.task;
        await progress({ status, message: statusMessage });
        break;
      }
      case "result":
        return message.result as JsonObject;
      case "error":
        throw message.error;
      default:
        message satisfies never;
    }
  }
  throw new SluiceError("tool-failed", `${params.name} ended without a result`);
}

/**
 * Whether a server does not know the session any more, as after a restart. The specification has status 404 for it; servers
 * answer 400 as well, and 410.
 *
 * https://modelcontextprotocol.io/specification/2025-11-25/basic/transports#session-management
 */
function isForgotten({ hasSession }: McpConnection, thrown: unknown): boolean {
  const status = httpStatusOf(thrown);
  return status === 404 || (hasSession && (status === 400 || status === 410));
}

/** A name that providers allow and that no other tool of the server has. */
function allowedName(name: string, taken: Set<string>): string {
  const allowed = name.replace(/[^\w-]/g, "_").slice(0, 64);
  let free = allowed;
  for (let n = 2; taken.has(free); n++) free = `${allowed.slice(0, 60)}_${n}`;
  taken.add(free);
  return free;
}
