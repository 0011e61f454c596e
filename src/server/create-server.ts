import type { Hono } from "hono";
import { Drain } from "../listeners/drain.js";
import { MemoryRunLog } from "../runs/memory-run-log.js";
import type { RunLog } from "../runs/run-log.js";
import { exactly, waitMs } from "../stream/checks.js";
import { loadPeer } from "../stream/load-peer.js";
import { allRoutes } from "./all-routes.js";
import { Gate } from "./gate.js";
import { makeCore, routeStates } from "./make-core.js";
import { mountRoutes } from "./mount-routes.js";
import { OpenStreams } from "./open-streams.js";
import { openApiRoute } from "./openapi/openapi-route.js";
import { KeyLimits } from "./protect/key-limits.js";
import { ClientSecrets } from "./realtime/client-secrets.js";
import { realtimeRoutes } from "./realtime/realtime-routes.js";
import { metricsRoute } from "./routes/metrics-route.js";
import { servedOf } from "./served-parts.js";
import type { ServerCore } from "./server-core.js";
import { openFeatures } from "./server-features.js";
import { type ListenAt, ServerListeners } from "./server-listeners.js";
import { serverMetrics } from "./server-metrics.js";
import { checkServerOptions, type ServerOptions } from "./server-options.js";
import { webRoutes } from "./web-app/web-routes.js";

/** A server, which may listen by itself or be mounted in an application of Hono's. */
export interface SluiceServer {
  /** Its routes, to mount in one's own: `app.route("/ai", server.app)`. */
  readonly app: Hono;
  /** Answers a request of the web's. */
  fetch(request: Request): Response | Promise<Response>;
  /**
   * Listens.
   *
   * @throws {SluiceError} `invalid-argument` where the port is taken, or other machines would reach a server without a token,
   *   and for unknown options.
   */
  listen(at?: ListenAt): Promise<{ url: string; port: number }>;
  /**
   * Ends it: no new requests; those that are being answered may go on for `graceMs` (default 30,000), then they are cut.
   * The log stays open where it was given.
   */
  close(options?: { graceMs?: number }): Promise<void>;
}

const CLOSE = exactly("close", { graceMs: waitMs });

/**
 * A server that answers with any chat model, agent or workflow in every protocol that it speaks.
 *
 * @throws {SluiceError} `invalid-argument` for an unknown option or an invalid value; `unsupported` where the
 *   packages `hono` and `@hono/node-server` are not installed.
 * @example
 * ```ts
 * import { createServer } from "sluice/server";
 *
 * const server = await createServer({ models: ["openai/gpt-5", "ollama/llama3.2"] });
 * const { url } = await server.listen();
 * console.log(url);
 * ```
 */
export async function createServer(options: ServerOptions): Promise<SluiceServer> {
  checkServerOptions(options);
  const { Hono } = await loadPeer("hono", "the server", { together: ["@hono/node-server", "prom-client", "ws"] });
  const { getRequestListener } = await loadPeer("@hono/node-server", "the server");
  const log: RunLog = options.log ?? new MemoryRunLog();
  const { maxBodyBytes = 32 * 1_024 * 1_024 } = options.limits ?? {};
  const gate = new Gate(options);
  const limits = await KeyLimits.open(options.keys ?? [], options.sharedLimits);
  const drain = new Drain({ graceMs: 30_000 });
  const streams = new OpenStreams(options.keepAliveMs ?? 15_000);
  const served = servedOf(options);
  const metrics = await serverMetrics({ open: () => streams.size, routes: () => routeStates(served) });
  const core = makeCore({ options, served, log, gate, limits, drain, metrics });
  const unfollow = followRuns(core);
  const features = openFeatures(core, options, served);
  const secrets = options.realtime === undefined ? undefined : new ClientSecrets();
  const spoken = secrets === undefined ? [] : realtimeRoutes(core, secrets);
  const paths = [...allRoutes(core), ...spoken, ...features.routes, metricsRoute(metrics)];
  const page = options.webApp ? await webRoutes(options.origins) : [];
  const app = new Hono();
  mountRoutes(app, [...page, ...paths, openApiRoute(paths)], {
    gate,
    streams,
    limits: { maxBodyBytes },
    onRequest: options.onRequest,
  });

  const { realtime } = options;
  const listeners = new ServerListeners({
    ...{ app, core, gate, drain, secrets, realtime, maxBodyBytes },
    limits: options.limits,
    handlerOf: (fetch) => getRequestListener(fetch, { overrideGlobalObjects: false }),
  });
  return {
    app,
    fetch: (request) => app.fetch(request),
    listen: (at) => listeners.listen(at),
    async close(closing: { graceMs?: number } = {}) {
      CLOSE(closing, "");
      const { graceMs = 30_000 } = closing;
      unfollow.lost();
      await listeners.close(graceMs, async () => {
        await features.close();
        unfollow.ended();
        if (options.log === undefined) await log.close();
      });
      limits.close();
    },
  };
}

/**
 * Takes over runs whose process is gone, and posts notifications of tasks that end.
 *
 * @returns how to stop either: replicas that stay take over as soon as this one closes, and are told of its last ends.
 */
function followRuns(core: ServerCore): { lost(): void; ended(): void } {
  const { log, takeOver, pushNotifications } = core;
  if (takeOver.isOn) log.onLost = (lost) => void takeOver.take(core, lost);
  const announce = (run: string) => pushNotifications?.notify(core, run) ?? Promise.resolve();
  if (pushNotifications !== undefined) log.onEnded = announce;
  return {
    lost() {
      if (takeOver.isOn) log.onLost = undefined;
    },
    ended() {
      if (log.onEnded === announce) log.onEnded = undefined;
    },
  };
}
