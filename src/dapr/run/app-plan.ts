import { invalid } from "../../stream/error.js";
import { readByteQuantity } from "./byte-quantity.js";
import type { LogDestination } from "./log-destination.js";
import { type LogLevel, readLogLevel } from "./log-level.js";
import { RUN_SETTINGS, type RunSettingKey, type RunSettingValues, readSetting } from "./run-settings.js";

/** One app that is to be run beside a sidecar of its own. */
export interface AppPlan {
  appId: string;
  /** The program and its arguments; empty for a sidecar alone. */
  command: readonly string[];
  /** The folder that it runs in. */
  folder: string;
  /** Variables that it gets beside all others; they win. */
  env: Readonly<Record<string, string>>;
  /** Where its components are; empty for Dapr's usual folder. */
  resourcesPaths: readonly string[];
  /** The port that the app listens on; absent where it is only a client. */
  appPort?: number;
  /** The sidecar's ports; absent for a free one. */
  httpPort?: number;
  grpcPort?: number;
  metricsPort?: number;
  internalGrpcPort?: number;
  appProtocol: AppProtocol;
  /** The address at which daprd calls the app. */
  appChannelAddress: string;
  /** A Configuration file for daprd. */
  configFile?: string;
  logLevel: LogLevel;
  /** Where what the app writes goes, and what its sidecar logs. */
  appLogs: LogDestination;
  daprdLogs: LogDestination;
  /** Of a request's body, in bytes. */
  maxBodyBytes: number;
  /** The folder in which `dapr init` made its `.dapr`. */
  runtimePath?: string;
  /** Settings that only daprd has, by its flags. */
  daprdFlags: Readonly<Record<string, string>>;
}

/** How an app is called. */
type AppProtocol = (typeof APP_PROTOCOLS)[number];

const APP_PROTOCOLS = ["http", "https", "grpc", "grpcs", "h2c"] as const;

/** What a plan has beside its settings. */
export interface AppPlanBasis {
  /** Where no id is set. */
  defaultAppId: () => string;
  /** Where no level is set. */
  defaultLogLevel: LogLevel;
  command: readonly string[];
  folder: string;
  env: Readonly<Record<string, string>>;
  resourcesPaths: readonly string[];
  /** Where logs go; default: the console. */
  logs?: { app: LogDestination; daprd: LogDestination };
  /** What names a setting in errors. */
  pathOf(key: RunSettingKey): string;
}

/**
 * Makes a plan of settings as they were given.
 *
 * @throws {SluiceError} `invalid-argument` that names the setting.
 */
export function planApp(values: RunSettingValues, basis: AppPlanBasis): AppPlan {
  const { command, folder, env, resourcesPaths, logs, pathOf } = basis;
  const texts = new Map<RunSettingKey, string>();
  const daprdFlags: Record<string, string> = {};
  for (const { key, kind, flag, daprdOnly } of RUN_SETTINGS) {
    const text = readSetting(kind, values[key], pathOf(key));
    if (text === undefined) continue;
    texts.set(key, text);
    if (daprdOnly) daprdFlags[flag] = text;
  }
  const text = (key: RunSettingKey) => texts.get(key);
  const port = <Name extends string>(name: Name, key: RunSettingKey): { [name in Name]?: number } =>
    texts.has(key) ? ({ [name]: Number(texts.get(key)) } as { [name in Name]: number }) : {};
  const [level, configFile, runtimePath] = [text("logLevel"), text("configFilePath"), text("runtimePath")];
  return {
    appId: text("appID") ?? basis.defaultAppId(),
    command,
    folder,
    env,
    resourcesPaths,
    ...port("appPort", "appPort"),
    ...port("httpPort", "daprHTTPPort"),
    ...port("grpcPort", "daprGRPCPort"),
    ...port("metricsPort", "metricsPort"),
    ...port("internalGrpcPort", "daprInternalGRPCPort"),
    appProtocol: readProtocol(text("appProtocol") ?? "http", pathOf("appProtocol")),
    appChannelAddress: text("appChannelAddress") ?? "127.0.0.1",
    ...(configFile !== undefined && { configFile }),
    logLevel: level === undefined ? basis.defaultLogLevel : readLogLevel(level, pathOf("logLevel")),
    appLogs: logs?.app ?? "console",
    daprdLogs: logs?.daprd ?? "console",
    maxBodyBytes: readByteQuantity(text("maxBodySize") ?? "4Mi", pathOf("maxBodySize")),
    ...(runtimePath !== undefined && { runtimePath }),
    daprdFlags,
  };
}

function readProtocol(text: string, path: string): AppProtocol {
  const lower = text.toLowerCase();
  const protocol = APP_PROTOCOLS.find((name) => name === lower);
  if (protocol === undefined) throw invalid(path, text, APP_PROTOCOLS.join(", "));
  return protocol;
}
