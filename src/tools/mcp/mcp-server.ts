import type { OAuthClientProvider } from "@modelcontextprotocol/sdk/client/auth.js";

/** A server that is started as a process and talks over its standard input and output. */
export interface StdioServer {
  /** The program that is started. */
  command: string;
  /** Its arguments. Default: none. */
  args?: readonly string[];
  /** Added to the few variables that are safe to hand on (`PATH`, `HOME` and the like). */
  env?: Readonly<Record<string, string>>;
  /** The folder that it is started in. Default: this process's. */
  cwd?: string;
}

/** A server over streamable HTTP, through the proxies that the environment names. */
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

/** What to call a server in messages: its program, or its address without what may be secret in it. */
export function serverName(server: McpServer): string {
  if ("command" in server) return server.command;
  const { origin, pathname } = new URL(server.url);
  return `${origin}${pathname}`;
}
