import { invalid } from "../../stream/error.js";

/** A setting of one app that is run: a flag of `dapr run`, a field of a run file, and what daprd calls it. */
export interface RunSetting {
  /** The flag of `dapr run`, which is daprd's own where that has it. */
  flag: string;
  /** The flag's letter. */
  short?: string;
  /** The field of a run file. */
  key: string;
  kind: "text" | "port" | "number" | "switch" | "path";
  /** Whether a run file may set it for all apps. */
  shared: boolean;
  /** Whether it is for daprd alone, and passed on to it as it is. */
  daprdOnly: boolean;
  description: string;
}

const PORT = { kind: "port", shared: false, daprdOnly: false } as const;
const DAPRD = { shared: true, daprdOnly: true } as const;

/**
 * All settings with one value, from https://docs.dapr.io/reference/cli/dapr-run/ and
 * https://docs.dapr.io/developing-applications/local-development/multi-app-dapr-run/multi-app-template/.
 */
export const RUN_SETTINGS = [
  {
    flag: "app-id",
    short: "a",
    key: "appID",
    kind: "text",
    shared: false,
    daprdOnly: false,
    description: "the app's id; default: a random one",
  },
  { ...PORT, flag: "app-port", short: "p", key: "appPort", description: "the port on which the app listens" },
  {
    ...PORT,
    flag: "dapr-http-port",
    short: "H",
    key: "daprHTTPPort",
    description: "the sidecar's HTTP port; default: a free one",
  },
  {
    ...PORT,
    flag: "dapr-grpc-port",
    short: "G",
    key: "daprGRPCPort",
    description: "the sidecar's gRPC port; default: a free one",
  },
  {
    ...PORT,
    flag: "dapr-internal-grpc-port",
    short: "I",
    key: "daprInternalGRPCPort",
    description: "the port for calls between daprds; default: a free one",
  },
  {
    ...PORT,
    flag: "metrics-port",
    short: "M",
    key: "metricsPort",
    description: "the port for Prometheus at /metrics; default: a free one",
  },
  {
    flag: "app-protocol",
    short: "P",
    key: "appProtocol",
    kind: "text",
    shared: true,
    daprdOnly: false,
    description: "the app's protocol: http, https, grpc, grpcs or h2c; default: http",
  },
  {
    flag: "app-channel-address",
    key: "appChannelAddress",
    kind: "text",
    shared: false,
    daprdOnly: false,
    description: "the address at which daprd calls the app; default: 127.0.0.1",
  },
  {
    flag: "config",
    short: "c",
    key: "configFilePath",
    kind: "path",
    shared: true,
    daprdOnly: false,
    description: "a Configuration file for daprd; default: ~/.dapr/config.yaml",
  },
  {
    flag: "log-level",
    key: "logLevel",
    kind: "text",
    shared: true,
    daprdOnly: false,
    description: "the log level: debug, info, warning, error, fatal or panic; default: SLUICE_LOG, or info",
  },
  {
    flag: "max-body-size",
    key: "maxBodySize",
    kind: "text",
    shared: true,
    daprdOnly: false,
    description: "the largest request body; default: 4Mi",
  },
  {
    flag: "runtime-path",
    key: "runtimePath",
    kind: "path",
    shared: true,
    daprdOnly: false,
    description: "the folder in which `dapr init` created .dapr",
  },
  {
    ...DAPRD,
    flag: "app-max-concurrency",
    key: "appMaxConcurrency",
    kind: "number",
    description: "the most concurrent calls of the app",
  },
  { ...DAPRD, flag: "app-ssl", key: "appSSL", kind: "switch", description: "the app speaks TLS" },
  {
    ...DAPRD,
    flag: "read-buffer-size",
    key: "readBufferSize",
    kind: "text",
    description: "the HTTP read buffer, for example 4Ki",
  },
  {
    ...DAPRD,
    flag: "placement-host-address",
    key: "placementHostAddress",
    kind: "text",
    description: "the placement service; default: localhost:50005",
  },
  {
    ...DAPRD,
    flag: "scheduler-host-address",
    key: "schedulerHostAddress",
    kind: "text",
    description: "the scheduler service; default: that of daprd",
  },
  {
    ...DAPRD,
    flag: "enable-app-health-check",
    key: "enableAppHealthCheck",
    kind: "switch",
    description: "check the health of the app",
  },
  {
    ...DAPRD,
    flag: "app-health-check-path",
    key: "appHealthCheckPath",
    kind: "text",
    description: "the path of the health check",
  },
  {
    ...DAPRD,
    flag: "app-health-probe-interval",
    key: "appHealthProbeInterval",
    kind: "number",
    description: "the interval between health checks, in seconds",
  },
  {
    ...DAPRD,
    flag: "app-health-probe-timeout",
    key: "appHealthProbeTimeout",
    kind: "number",
    description: "the timeout of a health check, in ms",
  },
  {
    ...DAPRD,
    flag: "app-health-threshold",
    key: "appHealthThreshold",
    kind: "number",
    description: "failed checks until the app counts as unhealthy",
  },
  { ...DAPRD, flag: "enable-api-logging", key: "enableApiLogging", kind: "switch", description: "log each call" },
  { ...DAPRD, flag: "enable-profiling", key: "enableProfiling", kind: "switch", description: "serve pprof" },
  {
    flag: "profile-port",
    key: "profilePort",
    kind: "port",
    shared: false,
    daprdOnly: true,
    description: "the port of pprof",
  },
] as const satisfies readonly RunSetting[];

/** The run file's name of a setting. */
export type RunSettingKey = (typeof RUN_SETTINGS)[number]["key"];

/** Values of settings, by the run file's names, as they were given. */
export type RunSettingValues = { readonly [key in RunSettingKey]?: unknown };

/**
 * The text of a setting's value: what its flag would have. `undefined` where it is not set, which a port is with 0 or -1,
 * a text with "", and a switch with false.
 *
 * @param path what names it in the error.
 * @throws {SluiceError} `invalid-argument` when it is none of its kind.
 */
export function readSetting(kind: RunSetting["kind"], value: unknown, path: string): string | undefined {
  if (value === undefined || value === null || value === "") return undefined;
  switch (kind) {
    case "text":
    case "path":
      if (typeof value === "object") throw invalid(path, value, "a text");
      return String(value);
    case "switch":
      if (value !== true && value !== false && value !== "true" && value !== "false") {
        throw invalid(path, value, "true or false");
      }
      return String(value) === "true" ? "true" : undefined;
    case "number":
      return String(wholeNumber(value, path, Number.MAX_SAFE_INTEGER));
    case "port": {
      const port = wholeNumber(value, path, 65_535);
      return port > 0 ? String(port) : undefined;
    }
    default:
      return kind satisfies never;
  }
}

function wholeNumber(value: unknown, path: string, most: number): number {
  const number = typeof value === "string" && /^-?\d+$/.test(value) ? Number(value) : value;
  if (typeof number !== "number" || !Number.isSafeInteger(number) || number < -1 || number > most) {
    throw invalid(path, value, most === 65_535 ? "a port from 1 to 65535, or 0 for a free one" : "a whole number");
  }
  return number;
}
