import type { Hono } from "hono";
import { ConnectionSweep } from "../listeners/connection-limits.js";
import { Drain } from "../listeners/drain.js";
import { httpListener } from "../listeners/http-listener.js";
import { listen } from "../listeners/listen.js";
import type { Listener } from "../listeners/listener.js";
import { requireTokenBeyondLoopback } from "../listeners/loopback.js";
import { isRouted } from "../models/routing/route.js";
import { MemoryRunLog } from "../runs/memory-run-log.js";
import type { RunLog } from "../runs/run-log.js";
import { exactly, filledString, waitMs, wholeNumber } from "../stream/checks.js";
import type { SluiceError } from "../stream/error.js";
import { loadPeer } from "../stream/load-peer.js";
import { PushNotifications } from "./a2a/push-notifications.js";
import { allRoutes } from "./all-routes.js";
import type { ServerCall } from "./call.js";
import { Gate } from "./gate.js";
import { Monitor } from "./monitoring/monitor.js";
import { mountRoutes } from "./mount-routes.js";
import { OpenStreams } from "./open-streams.js";
import { openApiRoute } from "./openapi/openapi-route.js";
import { KeyLimits } from "./protect/key-limits.js";
import { ClientSecrets } from "./realtime/client-secrets.js";
import { realtimeRoutes } from "./realtime/realtime-routes.js";
import type { RunLogEntry } from "./request-log.js";
import { metricsRoute } from "./routes/metrics-route.js";
import type { RunUse } from "./run-meter.js";
import { servedBeside } from "./served-beside.js";
import { ServedModels } from "./served-models.js";
import { servedOf } from "./served-parts.js";
import type { Admitted, ServerCore } from "./server-core.js";
import { openFeatures } from "./server-features.js";
import { serverMetrics } from "./server-metrics.js";
import { checkServerOptions, type ServerOptions } from "./server-options.js";
import { TakeOver } from "./take-over.js";
import { webRoutes } from "./web-app/web-routes.js";
import { type WebSockets, webSockets } from "./web-sockets.js";

/** Where a server listens. */
export interface ListenAt {
  /** Default 4444; 0 for a free one. */
  port?: number;
  /** The address. Default 127.0.0.1; one that other machines reach needs a token. */
  host?: string;
}

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

const LISTEN_AT = exactly("listen", { port: wholeNumber(0), host: filledString });
const CLOSE = exactly("close", { graceMs: waitMs });
const DEFAULT_PORT = 4_444;

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
  const { maxBodyBytes = 32 * 1_024 * 1_024, maxConnections = 10_000, ...slow } = options.limits ?? {};
  const sweep = new ConnectionSweep(slow);
  const gate = new Gate(options);
  const limits = await KeyLimits.open(options.keys ?? [], options.sharedLimits);
  const drain = new Drain({ graceMs: 30_000 });
  const streams = new OpenStreams(options.keepAliveMs ?? 15_000);
  const served = servedOf(options);
  const routes = () => served.models.flatMap(({ model }) => (isRouted(model) ? [model.routeState()] : []));
  const metrics = await serverMetrics({ open: () => streams.size, routes });
  const book = (
    { model, release }: Admitted,
    call: Pick<ServerCall, "id" | "caller">,
    use: RunUse,
    more: Partial<RunLogEntry>,
    error?: SluiceError,
  ) => {
    release(use);
    const time = new Date().toISOString();
    const failed = error && { error: error.code };
    const entry: RunLogEntry = { time, id: call.id, caller: call.caller.name, model, ...more, ...use, ...failed };
    metrics.run(entry);
    options.onRun?.(entry);
  };
  const core: ServerCore = {
    ...servedBeside(options),
    models: new ServedModels(served.models, options.aliases),
    log,
    settings: {
      onLeave: options.onLeave ?? "auto",
      patienceMs: options.patienceMs ?? 10_000,
      asksForKey: gate.asksForKey,
    },
    ending: () => drain.begun,
    admit: async ({ caller }, model) => ({ model, release: await limits.begin(caller.name, model) }),
    watch: ({ run, meter, trail }, call, admitted) =>
      void run.done.then((outcome) => {
        const route = trail.text === undefined ? {} : { route: trail.text };
        book(admitted, call, meter.use(outcome), { run: run.id, ...route }, outcome.error);
      }),
    book: (admitted, call, use, error) => book(admitted, call, use, {}, error),
    decided: (decision) => metrics.decided(decision),
    routes,
    takeOver: new TakeOver(options.takeover ?? [], served.models),
    pushNotifications: options.pushNotifications && new PushNotifications(options.pushNotifications, metrics.pushed),
    monitor: new Monitor({ routes }),
  };
  if (core.takeOver.isOn) log.onLost = (lost) => void core.takeOver.take(core, lost);
  const { pushNotifications } = core;
  const announce = (run: string) => pushNotifications?.notify(core, run) ?? Promise.resolve();
  if (pushNotifications !== undefined) log.onEnded = announce;
  const app = new Hono();
  const features = openFeatures(core, options, served);
  const secrets = options.realtime === undefined ? undefined : new ClientSecrets();
  const spoken = secrets === undefined ? [] : realtimeRoutes(core, secrets);
  const paths = [...allRoutes(core), ...spoken, ...features.routes, metricsRoute(metrics)];
  const page = options.webApp ? await webRoutes(options.origins) : [];
  mountRoutes(app, [...page, ...paths, openApiRoute(paths)], {
    gate,
    streams,
    limits: { maxBodyBytes },
    onRequest: options.onRequest,
  });

  const listeners: Listener[] = [];
  let sockets: WebSockets | undefined;
  return {
    app,
    fetch: (request) => app.fetch(request),
    async listen(at: ListenAt = {}) {
      LISTEN_AT(at, "");
      const { port = DEFAULT_PORT, host = "127.0.0.1" } = at;
      requireTokenBeyondLoopback(host, gate.asksForKey ? "key" : undefined);
      const handle = getRequestListener(app.fetch, { overrideGlobalObjects: false });
      sockets ??= await webSockets({ core, gate, maxBodyBytes, realtime: options.realtime, secrets });
      const { upgrade } = sockets;
      const listener = httpListener(handle, { h2c: true, sweep, upgrade });
      listener.server.maxConnections = maxConnections;
      drain.watch(listener.server);
      listeners.push(listener);
      const taken = await listen(listener.server, { port, host, name: "HTTP", field: "port" });
      return { url: `http://${hostInUrl(host)}:${taken}`, port: taken };
    },
    async close(ending: { graceMs?: number } = {}) {
      CLOSE(ending, "");
      const { graceMs = 30_000 } = ending;
      // Whoever stays takes over.
      if (core.takeOver.isOn) log.onLost = undefined;
      await sockets?.close();
      await drain.end(
        listeners,
        async () => {
          await features.close();
          if (log.onEnded === announce) log.onEnded = undefined;
          if (options.log === undefined) await log.close();
        },
        graceMs,
      );
      limits.close();
    },
  };
}

function hostInUrl(host: string): string {
  return host.includes(":") ? `[${host}]` : host;
}
