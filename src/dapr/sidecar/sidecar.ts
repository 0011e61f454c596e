import { systemClock } from "../../base/clock.js";
import { storeOrPlace } from "../../chat/check-store.js";
import type { ConversationStore } from "../../chat/conversation-store.js";
import { openStore } from "../../chat/open-store.js";
import { CONNECTION_LIMITS, type ConnectionLimits, ConnectionSweep } from "../../listeners/connection-limits.js";
import { Drain } from "../../listeners/drain.js";
import { httpListener } from "../../listeners/http-listener.js";
import { listen } from "../../listeners/listen.js";
import { isLoopback, requireTokenBeyondLoopback } from "../../listeners/loopback.js";
import { RequestGuard } from "../../listeners/request-guard.js";
import { defaultEnvironment } from "../../models/provider-environment.js";
import { type Check, exactly, filledString, list, signal, string, waitMs, wholeNumber } from "../../stream/checks.js";
import { invalid, SluiceError } from "../../stream/error.js";
import type { ConversationComponent } from "../components/conversation-component.js";
import {
  LOADING_FIELDS,
  type LoadComponentsOptions,
  loadConversationComponents,
  loadingOptions,
} from "../components/load-conversation-components.js";
import { RESOURCE_FIELDS } from "../resources/load-resources.js";
import type { Report } from "../resources/notice.js";
import { isDaprStore, openDaprStore } from "../state/open-dapr-store.js";
import { CallObserver } from "./call-observer.js";
import { Converser } from "./converser.js";
import { grpcListener } from "./grpc-listener.js";
import { GrpcUpstream } from "./grpc-upstream.js";
import { HttpHandler } from "./http-handler.js";
import { metricsListener } from "./metrics-listener.js";
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
  /** The address to listen on. Default 127.0.0.1; one that other machines reach needs an `apiToken`. */
  host?: string;
  /** Names by which programs call this sidecar beside those of this machine. Checked where no token is asked. Default: none. */
  allowedHosts?: readonly string[];
  /** Web pages that may call it, for example `http://localhost:5173`. Checked where no token is asked. Default: none. */
  allowedOrigins?: readonly string[];
  /** How slow clients may be. Defaults: `ConnectionLimits`. */
  limits?: Partial<ConnectionLimits>;
  /** How long calls may go on that are being answered when the sidecar ends, in ms. Default 5,000, as in daprd. */
  graceMs?: number;
  /** Ends the start, which then fails with the signal's reason; a sidecar that runs is ended by `stop`. */
  signal?: AbortSignal;
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
  /** Ends it: no new calls; those that are being answered are cut after `graceMs`. */
  stop(): Promise<void>;
}

const OPTIONS = exactly("startSidecar", {
  ...LOADING_FIELDS,
  appId: { required: filledString },
  resourcesPath: RESOURCE_FIELDS.resourcesPath,
  httpPort: port,
  grpcPort: port,
  metricsPort: port,
  upstream: exactly("upstream", { http: filledString, grpc: filledString } satisfies Record<keyof Upstream, Check>),
  store: storeOrPlace,
  apiToken: string,
  maxBodyBytes: wholeNumber(1),
  host: string,
  allowedHosts: list("a list of names", filledString),
  allowedOrigins: list("a list of origins", filledString),
  limits: exactly("limits", CONNECTION_LIMITS),
  graceMs: waitMs,
  signal,
} satisfies Record<keyof SidecarOptions, Check | { required: Check }>);

/**
 * Starts a sidecar that answers Dapr's conversation API, streaming included, over HTTP and gRPC, from the conversation
 * components of resources folders.
 *
 * @throws {SluiceError} `invalid-argument` in daprd's words for resources that cannot be loaded, where a port is taken, for
 *   an address that other machines reach without a token, and for unknown options.
 * @example
 * ```ts
 * import { startSidecar } from "sluice/dapr";
 *
 * const sidecar = await startSidecar({ appId: "shop", resourcesPath: "./components" });
 * console.log(sidecar.httpPort, [...sidecar.components.keys()]);
 * await sidecar.stop();
 * ```
 */
export async function startSidecar(options: SidecarOptions): Promise<Sidecar> {
  OPTIONS(options, "");
  const { appId, host = "127.0.0.1", upstream = {}, maxBodyBytes = 4 * 1_024 * 1_024, graceMs = 5_000 } = options;
  const env = options.env ?? defaultEnvironment();
  const apiToken = options.apiToken ?? env.DAPR_API_TOKEN;
  requireTokenBeyondLoopback(host, apiToken);
  if (!(graceMs >= 0)) throw invalid("graceMs", graceMs, "ms of at least 0");
  const sweep = new ConnectionSweep(options.limits, options.clock);
  const report: Report = options.report ?? (() => {});
  const starting = <T>(work: Promise<T>, undo?: (value: T) => unknown) => unlessAborted(work, options.signal, undo);
  const { components } = await starting(loadConversationComponents(loadingOptions(options)));
  const store =
    typeof options.store === "string"
      ? await starting(openNamed(options.store, upstream, apiToken), (opened) => opened.close())
      : options.store;
  const metadata = new SidecarMetadata(appId, components);
  const grpcUpstream = upstream.grpc === undefined ? undefined : new GrpcUpstream(upstream.grpc);
  const { clock = systemClock } = options;
  const ports = { http: upstream.http, grpc: grpcUpstream, token: apiToken, clock };
  const upstreamMetadata = new UpstreamMetadata(ports);
  const observer = await starting(CallObserver.open({ appId, namespace: env.NAMESPACE ?? "", report, clock }));
  const drain = new Drain({ graceMs, clock });
  const core: SidecarCore = {
    appId,
    apiToken,
    guard: apiToken ? undefined : new RequestGuard(options),
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
  const http = httpListener(new HttpHandler(core).handle, { h2c: !isTruthy(env.DAPR_HTTP_DISABLE_H2C), sweep });
  const grpc = grpcListener(core, grpcUpstream, sweep);
  // Nobody is asked for a token there, as in daprd; but its address may be one that other machines read it at.
  const metricsGuard = new RequestGuard({ ...options, ...(!isLoopback(host) && { allowedHosts: ["*"] }) });
  const metrics = options.metricsPort === undefined ? undefined : metricsListener(observer, metricsGuard, sweep);
  const listeners = [http, grpc, ...(metrics ? [metrics] : [])];
  for (const { server } of listeners) drain.watch(server);
  const stop = () => drain.end(listeners, () => (store === options.store ? undefined : store?.close()));
  try {
    const at = (name: string, port: number) => ({ port, host, name, field: `${name.toLowerCase()}Port` });
    const httpPort = await listen(http.server, at("HTTP", options.httpPort ?? 3_500));
    const grpcPort = await listen(grpc.server, at("gRPC", options.grpcPort ?? 50_001));
    const metricsPort = metrics && (await listen(metrics.server, at("metrics", options.metricsPort ?? 0)));
    const listening = { httpPort, grpcPort, ...(metricsPort !== undefined && { metricsPort }) };
    return { appId, ...listening, components, ended: drain.over, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function port(value: unknown, path: string): void {
  const isPort = typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= 65_535;
  if (!isPort) throw invalid(path, value, "a port from 1 to 65535, or 0 for a free one");
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

/**
 * The work's outcome, or the signal's reason as soon as it is aborted.
 *
 * @param undo what to do with an outcome that comes after that.
 */
async function unlessAborted<T>(
  work: Promise<T>,
  signal: AbortSignal | undefined,
  undo?: (value: T) => unknown,
): Promise<T> {
  if (signal === undefined) return await work;
  return await new Promise<T>((resolve, reject) => {
    const onAbort = () => {
      reject(SluiceError.from(signal.reason, "cancelled"));
      work.then(undo, () => {});
    };
    if (signal.aborted) onAbort();
    signal.addEventListener("abort", onAbort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", onAbort));
  });
}
