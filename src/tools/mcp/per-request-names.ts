/** The version of MCP without a handshake: each request says what its client speaks and can do. */
export const PER_REQUEST = "2026-07-28";

/** Where requests and results say it, in `_meta` (MCP 2026-07-28, Overview, General fields). */
export const META = {
  version: "io.modelcontextprotocol/protocolVersion",
  capabilities: "io.modelcontextprotocol/clientCapabilities",
  clientInfo: "io.modelcontextprotocol/clientInfo",
  serverInfo: "io.modelcontextprotocol/serverInfo",
} as const;
