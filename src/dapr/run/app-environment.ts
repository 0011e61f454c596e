import type { AppPlan } from "./app-plan.js";

/** The ports that an app finds its sidecar at. */
export interface SidecarPorts {
  http: number;
  grpc: number;
  metrics: number;
}

/** The variables that `dapr run` sets for an app. Those of the plan's own come last: they win. */
export function appEnvironment(plan: AppPlan, ports: SidecarPorts): Record<string, string> {
  const { appId, appPort, appChannelAddress, env } = plan;
  return {
    APP_ID: appId,
    ...(appPort !== undefined && { APP_PORT: String(appPort) }),
    APP_PROTOCOL: protocolOf(plan),
    APP_CHANNEL_ADDRESS: appChannelAddress,
    DAPR_HTTP_PORT: String(ports.http),
    DAPR_GRPC_PORT: String(ports.grpc),
    DAPR_METRICS_PORT: String(ports.metrics),
    ...env,
  };
}

/** `--app-ssl`, the older way to say so, makes the two plain protocols secure ones. */
function protocolOf({ appProtocol, daprdFlags }: AppPlan): string {
  const secure = daprdFlags["app-ssl"] !== undefined && (appProtocol === "http" || appProtocol === "grpc");
  return secure ? `${appProtocol}s` : appProtocol;
}
