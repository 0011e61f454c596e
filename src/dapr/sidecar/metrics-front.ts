import { createServer } from "node:http";
import type { CallObserver } from "./call-observer.js";
import type { Front } from "./front.js";

/** A server at which Prometheus reads what is observed: `GET /metrics`. */
export function metricsFront({ registry }: CallObserver): Front {
  const server = createServer(async (request, response) => {
    if (request.url?.split("?", 1)[0] !== "/metrics") {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, { "content-type": registry.contentType }).end(await registry.metrics());
  });
  return { server, closeIdle: () => server.closeIdleConnections() };
}
