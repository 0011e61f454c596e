/** What this server is called. */
export const SERVER_INFO = { name: "sluice", version: "1.0.0" };

/** A result of MCP 2026-07-28: it says that it is whole, and whose it is. */
export function complete(result: object): object {
  return { ...result, resultType: "complete", _meta: { "io.modelcontextprotocol/serverInfo": SERVER_INFO } };
}
