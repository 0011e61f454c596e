import { createServer } from "node:http";
import type { CallObserver } from "./call-observer.js";
import type { Listener } from "./listener.js";

/** A server at which Prometheus reads what is observed: `GET /metrics`. */
export function metricsListener({ registry }: CallObserver): Listener {
  const server = createServer(async (request, response) => {
    if (request.url?.split("?", 1)[0] !== "/metrics") {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, { "content-type": registry.contentType }).end(await registry.metrics());
  });
  return { server, closeIdle: () => server.closeIdleConnections() };
}
