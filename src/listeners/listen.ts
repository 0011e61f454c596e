import { once } from "node:events";
import type { AddressInfo, Server } from "node:net";
import { messageOf, SluiceError } from "../stream/error.js";

/** Where a server is to listen. */
export interface ListenOptions {
  /** 0 for a free one. */
  port: number;
  host: string;
  /** For errors, for example `HTTP`. */
  name: string;
  /** The option that says the port. */
  field: string;
}

/**
 * Listens, and resolves with the port.
 *
 * @throws {SluiceError} `invalid-argument` where the port is taken.
 */
export async function listen(server: Server, { port, host, name, field }: ListenOptions): Promise<number> {
  server.listen(port, host);
  try {
    await once(server, "listening");
  } catch (cause) {
    const message = `the ${name} port ${port} on ${host} is not available: ${messageOf(cause)}`;
    throw new SluiceError("invalid-argument", message, { cause, field });
  }
  return (server.address() as AddressInfo).port;
}
