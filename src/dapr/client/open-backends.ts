import type { Clock } from "../../base/clock.js";
import { DEFAULT_TIMEOUTS } from "../../models/http/default-timeouts.js";
import type { Environment } from "../../models/provider.js";
import { firstSet } from "../../models/provider-environment.js";
import { invalid } from "../../stream/error.js";
import type { Report } from "../resources/notice.js";
import { TOKEN_HEADER } from "../sidecar/api-token.js";
import type { Backend } from "./backend.js";
import type { DaprChatClientOptions } from "./client-options.js";
import { resolveAddresses, type SidecarAddress } from "./endpoints.js";
import { GrpcCalls } from "./grpc-calls.js";
import { httpCalls } from "./http-calls.js";
import { InProcessBackend } from "./in-process-backend.js";
import { SidecarBackend, type SidecarCalls } from "./sidecar-backend.js";

/** The client's settings with their defaults. */
export interface BackendSettings extends DaprChatClientOptions {
  env: Environment;
  clock: Clock;
  log: Report;
}

/**
 * Limits of calls of a sidecar where nobody sets others: none but that of the connection. How long a model may take is what
 * the component's own limits and the sidecar's Resiliency resources say, and a whole answer comes only when it is complete.
 */
const SIDECAR_TIMEOUTS = { firstByteMs: Number.POSITIVE_INFINITY, idleMs: Number.POSITIVE_INFINITY };

const BACKENDS = ["auto", "sidecar", "in-process"];

/**
 * Who is asked, in this order.
 *
 * @throws {SluiceError} `invalid-argument`.
 */
export function openBackends(settings: BackendSettings): Backend[] {
  const { backend = "auto", resourcesPath } = settings;
  if (!BACKENDS.includes(backend)) throw invalid("backend", backend, BACKENDS.join(", "));
  if (backend === "in-process" && resourcesPath === undefined) {
    throw invalid("resourcesPath", resourcesPath, "the folder with the component files to run in process");
  }
  const { addresses, named } = resolveAddresses(settings, settings.env);
  const files = resourcesPath === undefined || backend === "sidecar" ? [] : [inProcess(settings, resourcesPath)];
  const sidecars = backend === "sidecar" || named || files.length === 0;
  if (backend === "in-process" || !sidecars) return files;
  return [...addresses.map((address) => sidecar(settings, address)), ...files];
}

function sidecar(settings: BackendSettings, address: SidecarAddress): Backend {
  const { clock, simulatedTokensPerSecond: tokensPerSecond, log, random = Math.random, retry: policy } = settings;
  if (tokensPerSecond !== undefined && !(tokensPerSecond > 0)) {
    throw invalid("simulatedTokensPerSecond", tokensPerSecond, "a number above 0");
  }
  return new SidecarBackend(callsOf(settings, address), { tokensPerSecond, clock }, log, {
    policy,
    clock,
    random,
  });
}

function callsOf(settings: BackendSettings, { protocol, baseUrl }: SidecarAddress): SidecarCalls {
  const { env, clock, random = Math.random, timeouts, retry, transport } = settings;
  const apiToken = settings.apiToken ?? firstSet(["DAPR_API_TOKEN"], env)?.value;
  const common = {
    baseUrl,
    clock,
    random,
    metadataTimeoutMs: timeouts?.connectMs ?? DEFAULT_TIMEOUTS.connectMs,
    timeouts: { ...SIDECAR_TIMEOUTS, ...timeouts },
    ...(retry !== undefined && { retry }),
  };
  if (protocol === "grpc") return new GrpcCalls({ ...common, apiToken });
  return httpCalls({
    ...common,
    ...(apiToken !== undefined && { headers: { [TOKEN_HEADER]: apiToken } }),
    ...(transport !== undefined && { transport }),
  });
}

function inProcess(settings: BackendSettings, resourcesPath: string | readonly string[]): Backend {
  const { env, clock, log, loading, store, random } = settings;
  return new InProcessBackend({
    env,
    clock,
    ...(random !== undefined && { random }),
    ...loading,
    report: (notice) => {
      loading?.report?.(notice);
      log(notice);
    },
    resourcesPath,
    appId: settings.appId ?? firstSet(["APP_ID"], env)?.value ?? "sluice",
    store,
  });
}
