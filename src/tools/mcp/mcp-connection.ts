import type { OAuthClientProvider } from "@modelcontextprotocol/sdk/client/auth.js";
import type { Client } from "@modelcontextprotocol/sdk/client/index.js";
import type { Transport } from "@modelcontextprotocol/sdk/shared/transport.js";
import type { ProgressNotification } from "@modelcontextprotocol/sdk/types.js";
import { type ErrorCode, messageOf, SluiceError } from "../../stream/error.js";
import { capabilitiesOf, type McpClientFeatures, offerFeatures } from "./mcp-client-features.js";

/** A server that is started here and spoken to over its standard input and output. */
export interface StdioServer {
  /** The program that is started. */
  command: string;
  /** Its arguments. Default: none. */
  args?: readonly string[];
  /** Added to the few variables that are safe to hand on (`PATH`, `HOME` and the like). */
  env?: Readonly<Record<string, string>>;
  /** Default: this process's. */
  cwd?: string;
}

/** A server that is spoken to over streamable HTTP. */
export interface HttpServer {
  /** Of its MCP endpoint. */
  url: string | URL;
  /** Sent with every request: a token, for example. */
  headers?: Readonly<Record<string, string>>;
  /**
   * OAuth, as the official SDK has it: it keeps the tokens, and says where to send the user. Where the user has to go
   * first, using the server fails with `authentication`; `finishAuthorization` takes the code that comes back.
   */
  authProvider?: OAuthClientProvider;
}

/** Where an MCP server is. */
export type McpServer = StdioServer | HttpServer;

/** How far a call is, as its server says. */
export type McpProgress = Omit<ProgressNotification["params"], "progressToken" | "_meta">;

/** A connection that stands. */
export interface McpConnection {
  client: Client;
  /** Who is told of progress, by the token that their request carries. */
  progress: Map<string | number, (progress: McpProgress) => void>;
  /** Ends the session, and the process where one was started. */
  close(): Promise<void>;
}

/** What happens to a connection without anybody having asked. */
export interface McpWatcher {
  toolsChanged(): void;
  closed(): void;
  failed(error: Error): void;
}

/** How much of what a server wrote to its standard error is told with an error, in characters. */
const STDERR_TAIL = 2_000;

/**
 * Connects, with the official SDK, which is loaded only here.
 *
 * @param timeoutMs ms until the server must have answered.
 * @param signal ends the attempt.
 * @throws {SluiceError} `connect-failed`; `authentication`, `permission` or `not-found` where the server says so.
 */
export async function connectMcp(
  server: McpServer,
  timeoutMs: number,
  signal: AbortSignal,
  watcher: McpWatcher,
  features: McpClientFeatures,
): Promise<McpConnection> {
  const { Client } = await import("@modelcontextprotocol/sdk/client/index.js");
  const { ProgressNotificationSchema, ToolListChangedNotificationSchema } = await import(
    "@modelcontextprotocol/sdk/types.js"
  );
  const client = new Client({ name: "sluice", version: "0.1.0" }, { capabilities: capabilitiesOf(features) });
  await offerFeatures(client, features);
  const progress: McpConnection["progress"] = new Map();
  client.setNotificationHandler(ToolListChangedNotificationSchema, () => watcher.toolsChanged());
  // The SDK's own `onprogress` misses what comes in the same read as the result.
  client.setNotificationHandler(ProgressNotificationSchema, ({ params: { progressToken, _meta, ...said } }) => {
    progress.get(progressToken)?.(said);
  });
  client.onclose = () => watcher.closed();
  client.onerror = (error) => watcher.failed(error);
  const { transport, details, end } = await open(server);
  try {
    await client.connect(transport, { timeout: timeoutMs, signal });
  } catch (thrown) {
    await client.close().catch(() => {});
    throw await connectError(server, thrown, details());
  }
  return {
    client,
    progress,
    close: async () => {
      await end().catch(() => {});
      await client.close();
    },
  };
}

/** The HTTP status that an error of a request carries, where it carries one. */
export function httpStatusOf(thrown: unknown): number | undefined {
  // StreamableHTTPError has the status as `code`; errors of the protocol have negative codes.
  const code: unknown = thrown instanceof Error && "code" in thrown ? thrown.code : undefined;
  return typeof code === "number" && code >= 400 && code < 600 ? code : undefined;
}

interface Opened {
  transport: Transport;
  /** What else is known when it fails. */
  details(): string;
  /** Says goodbye. */
  end(): Promise<void>;
}

async function open(server: McpServer): Promise<Opened> {
  return "command" in server ? openStdio(server) : openHttp(server);
}

async function openStdio({ command, args = [], env, cwd }: StdioServer): Promise<Opened> {
  const { getDefaultEnvironment, StdioClientTransport } = await import("@modelcontextprotocol/sdk/client/stdio.js");
  const transport = new StdioClientTransport({
    command,
    args: [...args],
    env: { ...getDefaultEnvironment(), ...env },
    stderr: "pipe",
    ...(cwd !== undefined && { cwd }),
  });
  let said = "";
  transport.stderr?.on("data", (bytes: unknown) => {
    said = (said + String(bytes)).slice(-STDERR_TAIL);
  });
  return { transport, details: () => said.trim(), end: async () => {} };
}

/**
 * Ends the sign-in that a server asked for: the provider gets the tokens for a code.
 *
 * @throws {SluiceError} `authentication`.
 */
export async function authorize(server: HttpServer, code: string): Promise<void> {
  try {
    const transport = await httpTransport(server);
    await transport.finishAuth(code);
  } catch (cause) {
    throw new SluiceError("authentication", `the MCP server ${server.url} takes no sign-in: ${messageOf(cause)}`, {
      cause,
    });
  }
}

async function httpTransport({ url, headers = {}, authProvider }: HttpServer) {
  const { StreamableHTTPClientTransport } = await import("@modelcontextprotocol/sdk/client/streamableHttp.js");
  return new StreamableHTTPClientTransport(new URL(url), {
    requestInit: { headers: { ...headers } },
    ...(authProvider && { authProvider }),
  });
}

async function openHttp(server: HttpServer): Promise<Opened> {
  const transport = await httpTransport(server);
  // The class has `sessionId: string | undefined` where its interface has `sessionId?: string`.
  return { transport: transport as Transport, details: () => "", end: () => transport.terminateSession() };
}

const CODES: Readonly<Record<number, ErrorCode>> = { 401: "authentication", 403: "permission", 404: "not-found" };

async function connectError(server: McpServer, cause: unknown, details: string): Promise<SluiceError> {
  const { UnauthorizedError } = await import("@modelcontextprotocol/sdk/client/auth.js");
  const status = cause instanceof UnauthorizedError ? 401 : httpStatusOf(cause);
  const where = "command" in server ? server.command : String(server.url);
  const message = messageOf(cause);
  return new SluiceError(
    (status !== undefined && CODES[status]) || "connect-failed",
    `the MCP server ${where} cannot be used: ${message}${details === "" ? "" : `; it said: ${details}`}`,
    { cause, ...(status !== undefined && { status }) },
  );
}
