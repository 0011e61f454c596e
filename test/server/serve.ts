import { createServer, type SluiceServer } from "../../src/server/create-server.js";
import type { ServerOptions } from "../../src/server/server-options.js";

/** A server on a free port of the loopback. */
export interface Serving {
  url: string;
  server: SluiceServer;
  close(): Promise<void>;
}

/** Serves at a port, or at a free one, until it is closed; answers that are under way are then cut at once. */
export async function serve(options: ServerOptions, { port = 0 } = {}): Promise<Serving> {
  const server = await createServer(options);
  const { url } = await server.listen({ port });
  return { url, server, close: () => server.close({ graceMs: 0 }) };
}
