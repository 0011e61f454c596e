import { systemClock } from "../../base/clock.js";
import { isJsonObject, type JsonObject } from "../../base/json.js";
import { uuid } from "../../base/uuid.js";
import { messageOf, SluiceError } from "../../stream/error.js";
import { Slots } from "../../stream/slots.js";
import type { Tool, ToolCallContext, ToolContext } from "../tool.js";
import { toolSchema } from "../tool-schema.js";
import type { ToolSource } from "../toolbox.js";
import { AskElicitation } from "./ask-elicitation.js";
import { ConnectionUses } from "./connection-uses.js";
import { httpStatusOf } from "./http-status.js";
import { callTool, NEVER } from "./mcp-call.js";
import { authorize, callError, connectMcp, listError, type McpConnection } from "./mcp-connection.js";
import { readMcpResult } from "./mcp-result.js";
import { type McpServer, serverName } from "./mcp-server.js";
import { listTools, type ServersTool } from "./mcp-tool-list.js";
import { checkMcpOptions, type McpToolsOptions } from "./mcp-tools-options.js";

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
 * @throws {SluiceError} `invalid-argument` for invalid settings.
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

const CLOSED = "the connection to the MCP server was closed";

class McpToolSource implements McpTools {
  readonly #options: McpServer & McpToolsOptions;
  readonly #connectTimeoutMs: number;
  readonly #asking = new AskElicitation();
  readonly #slots: Slots | undefined;
  readonly #uses = new ConnectionUses();
  #connection: Promise<McpConnection> | undefined;
  #listed: Promise<readonly Tool[]> | undefined;
  readonly #closed = new AbortController();
  /** Until when an optional server is not tried again. */
  #missingUntil = 0;

  constructor(options: McpServer & McpToolsOptions) {
    checkMcpOptions(options);
    const { connectTimeoutMs = 30_000, concurrency } = options;
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
      this.#reportError(SluiceError.from(thrown, "connect-failed"));
      return [];
    }
  }

  /** Reports an error that belongs to no call. */
  #reportError(error: Error): void {
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
    await Promise.all([opened?.close(), this.#uses.close()]);
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
      failed: (error: Error) => this.#options.onError && this.#reportError(error),
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
      return await this.#askOver(connection, ask);
    } catch (thrown) {
      if (!isForgotten(connection, thrown)) throw thrown;
      if (this.#connection === connecting) this.#forget();
      // Others may still be answered over it.
      this.#uses.giveUp(connection);
      return this.#askOver(await this.#connect(), ask);
    }
  }

  async #askOver<T>(connection: McpConnection, ask: (connection: McpConnection) => Promise<T>): Promise<T> {
    try {
      return await this.#uses.during(connection, ask);
    } catch (thrown) {
      throw callError(this.#options, connection, thrown);
    }
  }

  async #list(): Promise<readonly Tool[]> {
    const skip = (name: string, why: string) => {
      const message = `the MCP server ${serverName(this.#options)} describes a tool ${name} that is left out: ${why}`;
      this.#reportError(new SluiceError("protocol", message));
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
    const needsApproval = (input: unknown, call: ToolCallContext) =>
      typeof approval === "function" ? approval(one, input as JsonObject, call) : approval === true;
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
    const progressToken = uuid();
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
