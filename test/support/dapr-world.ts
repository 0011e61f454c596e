import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach } from "vitest";
import type { DaprChatClientOptions } from "../../src/dapr/client/client-options.js";
import { DaprChatClient } from "../../src/dapr/client/dapr-chat-client.js";
import { type Sidecar, type SidecarOptions, startSidecar } from "../../src/dapr/sidecar/sidecar.js";
import { SluiceError } from "../../src/stream/error.js";
import { deferred } from "./deferred.js";
import { type FakeDaprd, type FakeDaprdOptions, startFakeDaprd } from "./fake-daprd.js";

/** The file of a component without settings. */
export function componentFile(name: string, type = "conversation.echo"): string {
  return `apiVersion: dapr.io/v1alpha1
kind: Component
metadata:
  name: ${name}
spec:
  type: ${type}
  version: v1
`;
}

/** How a server is reached. */
export const PROTOCOLS = ["http", "grpc"] as const;

/** The options of a client that reaches a server by one protocol. */
export function at(
  protocol: (typeof PROTOCOLS)[number],
  server: { httpPort: number; grpcPort: number },
): DaprChatClientOptions {
  return protocol === "http" ? { httpPort: server.httpPort } : { grpcPort: server.grpcPort };
}

/** What is thrown. */
export async function failure(work: () => Promise<unknown>): Promise<SluiceError> {
  try {
    await work();
  } catch (error) {
    if (error instanceof SluiceError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
}

/** Clients and those whom they ask, for the tests of one file. Each test has its own; what it started is stopped. */
export class DaprWorld {
  /** A folder with the component echo. */
  folder = "";
  readonly #undo: (() => Promise<unknown>)[] = [];

  constructor() {
    beforeEach(async () => {
      this.folder = await this.files({ "echo.yaml": componentFile("echo") });
    });
    afterEach(async () => {
      for (const undo of this.#undo.splice(0).reverse()) await undo();
    });
  }

  /** A folder with these files. */
  async files(files: Readonly<Record<string, string>>): Promise<string> {
    const folder = await mkdtemp(join(tmpdir(), "sluice-dapr-client-"));
    this.#undo.push(() => rm(folder, { recursive: true, force: true }));
    for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
    return folder;
  }

  async sidecar(options: Partial<SidecarOptions> = {}): Promise<Sidecar> {
    const ports = { httpPort: 0, grpcPort: 0 };
    const files = { appId: "app", resourcesPath: this.folder, echoPauseMs: 0, env: {} };
    const started = await startSidecar({ ...ports, ...files, ...options });
    this.#undo.push(() => started.stop());
    return started;
  }

  async daprd(options: FakeDaprdOptions = {}): Promise<FakeDaprd> {
    const started = await startFakeDaprd(options);
    this.#undo.push(() => started.stop());
    return started;
  }

  client(options: DaprChatClientOptions = {}): DaprChatClient {
    const made = new DaprChatClient({ env: {}, ...options });
    this.#undo.push(() => made.close());
    return made;
  }

  /** A server of one's own; gives its port. */
  async server(handle: RequestListener): Promise<number> {
    const server = createServer(handle);
    const port = await listen(server);
    this.#undo.push(async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    });
    return port;
  }

  /** A server that takes requests and never answers. */
  async silentServer(): Promise<{ port: number; asked: Promise<void> }> {
    const asked = deferred();
    const port = await this.server(() => asked.resolve());
    return { port, asked: asked.promise };
  }
}
