import type { Client } from "@modelcontextprotocol/sdk/client/index.js";
import type { ProgressNotification } from "@modelcontextprotocol/sdk/types.js";
import { type ErrorCode, messageOf, SluiceError } from "../../stream/error.js";
import { loadPeer } from "../../stream/load-peer.js";
import { httpStatusOf } from "./http-status.js";
import { httpTransport, openHttp } from "./http-transport.js";
import { capabilitiesOf, type McpClientFeatures, offerFeatures } from "./mcp-client-features.js";
import { type HttpServer, type McpServer, serverName } from "./mcp-server.js";
import { openStdio } from "./stdio-transport.js";

/** How far a call is, as its server says. */
type McpProgress = Omit<ProgressNotification["params"], "progressToken" | "_meta">;

/** A connection that stands. */
export interface McpConnection {
  client: Client;
  /** Listeners for progress, by the token of their request. */
  progress: Map<string | number, (progress: McpProgress) => void>;
  /** Whether the server remembers who asks: it can forget that. */
  readonly hasSession: boolean;
  /** What is known of how the server ended. */
  details(): string;
  /** Ends the session, and the process where one was started. */
  close(): Promise<void>;
}

/** What happens to a connection without anybody having asked. */
export interface McpWatcher {
  toolsChanged(): void;
  closed(): void;
  failed(error: Error): void;
}

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
  const { Client } = await loadPeer("@modelcontextprotocol/sdk/client/index.js", "tools of MCP servers");
  const { ProgressNotificationSchema, ToolListChangedNotificationSchema } = await loadPeer(
    "@modelcontextprotocol/sdk/types.js",
    "tools of MCP servers",
  );
  const client = new Client({ name: "sluice", version: "0.1.0" }, { capabilities: capabilitiesOf(features) });
  await offerFeatures(client, features);
  const progress: McpConnection["progress"] = new Map();
  client.setNotificationHandler(ToolListChangedNotificationSchema, () => watcher.toolsChanged());
  // The SDK's own `onprogress` misses what comes in the same read as the result.
  client.setNotificationHandler(ProgressNotificationSchema, ({ params: { progressToken, _meta, ...update } }) => {
    progress.get(progressToken)?.(update);
  });
  client.onclose = () => watcher.closed();
  let connected = false;
  // What fails the connecting is thrown.
  client.onerror = (error) => connected && watcher.failed(error);
  const { transport, details, end } = await ("command" in server
    ? openStdio(server)
    : openHttp(server, { answerMs: timeoutMs }));
  try {
    await client.connect(transport, { timeout: timeoutMs, signal });
    connected = true;
  } catch (thrown) {
    await client.close().catch(() => {});
    throw await connectError(server, thrown, details());
  }
  return {
    client,
    progress,
    details,
    get hasSession() {
      return transport.sessionId !== undefined;
    },
    close: async () => {
      await end().catch(() => {});
      await client.close();
    },
  };
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

const CODES: Readonly<Record<number, ErrorCode>> = { 401: "authentication", 403: "permission", 404: "not-found" };

async function connectError(server: McpServer, cause: unknown, details: string): Promise<SluiceError> {
  const { UnauthorizedError } = await loadPeer("@modelcontextprotocol/sdk/client/auth.js", "tools of MCP servers");
  const status = cause instanceof UnauthorizedError ? 401 : httpStatusOf(cause);
  const why = [messageOf(cause), details].filter((part) => part !== "").join("; ");
  return new SluiceError(
    (status !== undefined && CODES[status]) || "connect-failed",
    `the MCP server ${serverName(server)} cannot be used: ${why}`,
    { cause, ...(status !== undefined && { status }) },
  );
}

/** The code of the SDK for a connection that was closed while a request waited. */
const CONNECTION_CLOSED = -32_000;

/** The error of a call: names the server, and how it ended where it did. */
export function callError(server: McpServer, { details }: McpConnection, thrown: unknown): unknown {
  const code: unknown = thrown instanceof Error && "code" in thrown ? thrown.code : undefined;
  const lost = code === CONNECTION_CLOSED || (thrown instanceof TypeError && thrown.cause !== undefined);
  if (!lost) return thrown;
  const why = [messageOf(thrown), details()].filter((part) => part !== "").join("; ");
  return new SluiceError("connect-failed", `the MCP server ${serverName(server)} was lost: ${why}`, { cause: thrown });
}

/** The error of a list: names the server, where nothing has yet. */
export function listError(server: McpServer, thrown: unknown): SluiceError {
  const { code, message, status } = SluiceError.from(thrown, "provider-error");
  const name = serverName(server);
  if (message.includes(name)) return SluiceError.from(thrown, "provider-error");
  return new SluiceError(code, `the MCP server ${name} does not list its tools: ${message}`, {
    cause: thrown,
    ...(status !== undefined && { status }),
  });
}
