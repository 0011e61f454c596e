import { once } from "node:events";
import type { AddressInfo, Server } from "node:net";
import { systemClock } from "../../base/clock.js";
import type { ConversationStore } from "../../chat/conversation-store.js";
import { openStore } from "../../chat/open-store.js";
import { defaultEnvironment } from "../../models/provider-environment.js";
import { invalid, messageOf, SluiceError } from "../../stream/error.js";
import type { ConversationComponent } from "../components/conversation-component.js";
import { type LoadComponentsOptions, loadConversationComponents } from "../components/load-conversation-components.js";
import type { Report } from "../resources/notice.js";
import { isDaprStore, openDaprStore } from "../state/open-dapr-store.js";
import { CallObserver } from "./call-observer.js";
import { Converser } from "./converser.js";
import { grpcListener } from "./grpc-listener.js";
import { GrpcUpstream } from "./grpc-upstream.js";
import { HttpHandler } from "./http-handler.js";
import { httpListener } from "./http-listener.js";
import { metricsListener } from "./metrics-listener.js";
import { Shutdown } from "./shutdown.js";
import { shutdownUpstream } from "./shutdown-upstream.js";
import type { SidecarCore, Upstream } from "./sidecar-core.js";
import { SidecarMetadata } from "./sidecar-metadata.js";
import { UpstreamMetadata } from "./upstream-metadata.js";

/** Settings of `startSidecar`. */
export interface SidecarOptions extends LoadComponentsOptions {
  /** Default 3500; 0 for a free one. */
  httpPort?: number;
  /** Default 50001; 0 for a free one. */
  grpcPort?: number;
  /** Where Prometheus reads `/metrics`; 0 for a free one. Default: nowhere. */
  metricsPort?: number;
  /** A real daprd, to which everything but conversations is passed on. */
  upstream?: Upstream;
  /**
   * Where conversations are continued by their context ids: a store, or where to find one (a path, `postgres://…`,
   * `redis://…`, or `dapr://STORENAME` for a state store of the daprd behind this sidecar). Default: nowhere; an id is
   * then only given back, as daprd does.
   */
  store?: ConversationStore | string;
  /** Asked of every caller but for health checks. Default `DAPR_API_TOKEN`. */
  apiToken?: string;
  /** Of a request's body, in bytes. Default 4 MiB, as in daprd. */
  maxBodyBytes?: number;
  /** The address to listen on. Default 127.0.0.1. */
  host?: string;
}

/** A sidecar that runs. */
export interface Sidecar {
  /** The app that the components are for. */
  appId: string;
  /** The port that it took, for HTTP. */
  httpPort: number;
  /** The port that it took, for gRPC. */
  grpcPort: number;
  /** Absent where metrics are not served. */
  metricsPort?: number;
  /** Those that answer, by the names that requests use. */
  components: ReadonlyMap<string, ConversationComponent>;
  /** Resolves when it has ended, by `stop` or because a client asked for it. */
  ended: Promise<void>;
  /** Ends it: no new calls; those that are being answered are cut after a second. */
  stop(): Promise<void>;
}

/**
 * Starts a sidecar that answers Dapr's conversation API, streaming included, over HTTP and gRPC, from the conversation
 * components of resources folders.
 *
 * @throws {SluiceError} `invalid-argument` in daprd's words for resources that cannot be loaded, and where a port is taken.
 */
export async function startSidecar(options: SidecarOptions): Promise<Sidecar> {
  const { appId, host = "127.0.0.1", upstream = {}, maxBodyBytes = 4 * 1_024 * 1_024 } = options;
  const env = options.env ?? defaultEnvironment();
  const apiToken = options.apiToken ?? env.DAPR_API_TOKEN;
  const report: Report = options.report ?? (() => {});
  const { components } = await loadConversationComponents(options);
  const store = typeof options.store === "string" ? await openNamed(options.store, upstream, apiToken) : options.store;
  const metadata = new SidecarMetadata(appId, components);
  const grpcUpstream = upstream.grpc === undefined ? undefined : new GrpcUpstream(upstream.grpc);
  const { clock = systemClock } = options;
  const ports = { http: upstream.http, grpc: grpcUpstream, token: apiToken, clock };
  const upstreamMetadata = new UpstreamMetadata(ports);
  const observer = new CallObserver({ appId, namespace: env.NAMESPACE ?? "", report, clock });
  const shutdown = new Shutdown();
  const core: SidecarCore = {
    appId,
    apiToken,
    maxBodyBytes,
    upstream,
    report,
    observer,
    converser: new Converser(components, store),
    metadata: async () => metadata.get(await upstreamMetadata.message()),
    metadataJson: async () => metadata.getJson(await upstreamMetadata.json()),
    setMetadata: async (key, value) => metadata.set(key, value),
    shutdown: () => void shutdownUpstream(ports).then(stop),
  };
  const http = httpListener(new HttpHandler(core).handle, !isTruthy(env.DAPR_HTTP_DISABLE_H2C));
  const grpc = grpcListener(core, grpcUpstream);
  const metrics = options.metricsPort === undefined ? undefined : metricsListener(observer);
  const listeners = [http, grpc, ...(metrics ? [metrics] : [])];
  for (const { server } of listeners) shutdown.watch(server);
  const stop = () => shutdown.end(listeners, store === options.store ? undefined : store);
  try {
    const httpPort = await listen(http.server, options.httpPort ?? 3_500, host, "HTTP");
    const grpcPort = await listen(grpc.server, options.grpcPort ?? 50_001, host, "gRPC");
    const metricsPort = metrics && (await listen(metrics.server, options.metricsPort ?? 0, host, "metrics"));
    const listening = { httpPort, grpcPort, ...(metricsPort !== undefined && { metricsPort }) };
    return { appId, ...listening, components, ended: shutdown.over, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Opens a store by its address; one in Dapr state is reached through the daprd behind the sidecar. */
async function openNamed(where: string, upstream: Upstream, apiToken: string | undefined): Promise<ConversationStore> {
  if (!isDaprStore(where)) return openStore(where);
  if (upstream.http !== undefined) return openDaprStore(where, { endpoint: upstream.http, apiToken });
  throw invalid("store", where, "a Dapr state store only together with upstream.http, the daprd that has it");
}

/** As Go's `strconv.ParseBool` and daprd's own words have it. */
function isTruthy(value: string | undefined): boolean {
  return value !== undefined && /^(1|t|true|y|yes|on)$/i.test(value.trim());
}

async function listen(server: Server, port: number, host: string, what: string): Promise<number> {
  server.listen(port, host);
  try {
    await once(server, "listening");
  } catch (cause) {
    const message = `the ${what} port ${port} on ${host} is not available: ${messageOf(cause)}`;
    throw new SluiceError("invalid-argument", message, { cause, field: `${what.toLowerCase()}Port` });
  }
  return (server.address() as AddressInfo).port;
}
