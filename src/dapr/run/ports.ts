import { once } from "node:events";
import { createServer, type Server } from "node:net";
import { SluiceError } from "../../stream/error.js";

const LOOPBACK = "127.0.0.1";

/**
 * So many free ports of this machine, all different.
 *
 * @throws {Error} the system's, where it has none.
 */
export async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(Array.from({ length: count }, () => listening(0)));
  const ports = servers.map((server) => {
    const address = server.address();
    return typeof address === "object" && address !== null ? address.port : 0;
  });
  await Promise.all(servers.map(closed));
  return ports;
}

/**
 * Sees whether a port can be listened on.
 *
 * @param name as `dapr run` names it, for example `HTTPPort`.
 * @throws {SluiceError} `invalid-argument` in the words of `dapr run` when it cannot.
 */
export async function checkPort(name: string, port: number): Promise<void> {
  try {
    await closed(await listening(port));
  } catch (cause) {
    const message = `invalid configuration for ${name}. Port ${port} is not available`;
    throw new SluiceError("invalid-argument", message, { cause, field: name });
  }
}

async function listening(port: number): Promise<Server> {
  const server = createServer().listen(port, LOOPBACK);
  await once(server, "listening");
  return server;
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()));
}
