import type { Transport } from "@modelcontextprotocol/sdk/shared/transport.js";

/** A transport to a server, and what is known of the server beside what it answers. */
export interface OpenedTransport {
  transport: Transport;
  /** How the server ended, and what it wrote to its standard error; empty where nothing is known. */
  details(): string;
  /** Ends the session on the server. */
  end(): Promise<void>;
}
