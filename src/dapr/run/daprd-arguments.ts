import type { AppPlan } from "./app-plan.js";
import { RUN_SETTINGS } from "./run-settings.js";

/** Where a daprd listens that stands behind a Sluice sidecar. */
export interface DaprdPorts {
  http: number;
  grpc: number;
  internalGrpc: number;
  metrics: number;
}

/** What daprd is started with beside the plan. */
export interface DaprdSetup {
  ports: DaprdPorts;
  resourcesPaths: readonly string[];
  configFile?: string;
}

/** The port of Dapr's placement service, outside of Windows and on it. */
const PLACEMENT_PORTS = { win32: 6050, other: 50005 };

/** The command line of a daprd for an app, without the program. */
export function daprdArguments(
  plan: AppPlan,
  { ports, resourcesPaths, configFile }: DaprdSetup,
  platform: NodeJS.Platform = process.platform,
): string[] {
  const { appId, appPort, appProtocol, appChannelAddress, logLevel, maxBodyBytes, daprdFlags } = plan;
  const flags: Record<string, string> = {
    "app-id": appId,
    ...(appPort !== undefined && { "app-port": String(appPort) }),
    "app-protocol": appProtocol,
    ...(appChannelAddress !== "127.0.0.1" && { "app-channel-address": appChannelAddress }),
    "dapr-http-port": String(ports.http),
    "dapr-grpc-port": String(ports.grpc),
    "dapr-internal-grpc-port": String(ports.internalGrpc),
    "metrics-port": String(ports.metrics),
    "log-level": logLevel,
    "max-body-size": String(maxBodyBytes),
    ...daprdFlags,
    "placement-host-address": placement(daprdFlags["placement-host-address"], platform),
    ...(configFile !== undefined && { config: configFile }),
  };
  return [
    ...Object.entries(flags).flatMap(([name, value]) => (isSwitch(name) ? [`--${name}`] : [`--${name}`, value])),
    ...resourcesPaths.flatMap((path) => ["--resources-path", path]),
  ];
}

function isSwitch(flag: string): boolean {
  return RUN_SETTINGS.some((setting) => setting.flag === flag && setting.kind === "switch");
}

function placement(address: string | undefined, platform: NodeJS.Platform): string {
  const host = address ?? "localhost";
  if (host.includes(":")) return host;
  return `${host}:${platform === "win32" ? PLACEMENT_PORTS.win32 : PLACEMENT_PORTS.other}`;
}
