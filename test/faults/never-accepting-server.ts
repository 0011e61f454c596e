import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { Worker } from "node:worker_threads";

/** A listening port on which no connection is ever made: whoever connects waits. */
export interface NeverAcceptingServer {
  url: string;
  stop(): Promise<void>;
}

/** Listens with the shortest queue there is, and never looks at it again. */
const LISTEN_AND_BLOCK = `
  const { parentPort } = require("node:worker_threads");
  const server = require("node:net").createServer();
  server.listen({ port: 0, host: "127.0.0.1", backlog: 1 }, () => {
    parentPort.postMessage(server.address().port);
    setImmediate(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0));
  });
`;

/** A backlog of 1 holds two connections that nobody has accepted (Linux); the third gets no answer. */
const QUEUED = 2;

export async function startNeverAcceptingServer(): Promise<NeverAcceptingServer> {
  const worker = new Worker(LISTEN_AND_BLOCK, { eval: true });
  const [port] = (await once(worker, "message")) as [number];
  const queued: Socket[] = [];
  for (let i = 0; i < QUEUED; i++) {
    const socket = connect(port, "127.0.0.1");
    socket.on("error", () => {});
    queued.push(socket);
    await once(socket, "connect");
  }
  return {
    url: `http://127.0.0.1:${port}`,
    async stop() {
      for (const socket of queued) socket.destroy();
      await worker.terminate();
    },
  };
}
