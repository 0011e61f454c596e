import { createServer, type SluiceServer } from "../../src/server/create-server.js";
import type { ServerOptions } from "../../src/server/server-options.js";

/** A server on a free port of the loopback. */
export interface Serving {
  url: string;
  server: SluiceServer;
  close(): Promise<void>;
}

/** Serves until it is closed; answers that are under way are then cut at once. */
export async function serve(options: ServerOptions): Promise<Serving> {
  const server = await createServer(options);
  const { url } = await server.listen({ port: 0 });
  return { url, server, close: () => server.close({ graceMs: 0 }) };
}
