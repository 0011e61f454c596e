import type { ConnectionSweep } from "../../listeners/connection-limits.js";
import { http1Listener } from "../../listeners/http-listener.js";
import type { Listener } from "../../listeners/listener.js";
import type { RequestGuard } from "../../listeners/request-guard.js";
import type { CallObserver } from "./call-observer.js";

/** A server at which Prometheus reads what is observed: `GET /metrics`. */
export function metricsListener({ registry }: CallObserver, guard: RequestGuard, sweep: ConnectionSweep): Listener {
  return http1Listener(async (request, response) => {
    const refusal = guard.refusal(request.headers, request.method);
    if (refusal !== undefined) response.writeHead(403).end(refusal);
    else if (request.url?.split("?", 1)[0] !== "/metrics") response.writeHead(404).end();
    else response.writeHead(200, { "content-type": registry.contentType }).end(await registry.metrics());
  }, sweep);
}
