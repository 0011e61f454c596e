import { describe, expect, it } from "vitest";
import { appEnvironment } from "./app-environment.js";
import { type AppPlan, planApp } from "./app-plan.js";
import { daprdArguments } from "./daprd-arguments.js";
import type { RunSettingValues } from "./run-settings.js";

function plan(values: RunSettingValues, env: Record<string, string> = {}): AppPlan {
  return planApp(
    { appID: "shop", ...values },
    {
      defaultAppId: () => "",
      defaultLogLevel: "info",
      command: [],
      folder: "/app",
      env,
      resourcesPaths: [],
      pathOf: (key) => key,
    },
  );
}

describe("an app's variables", () => {
  const ports = { http: 3500, grpc: 50001, metrics: 9090 };

  it("are those that dapr run sets", () => {
    expect(appEnvironment(plan({ appPort: 6001 }), ports)).toEqual({
      APP_ID: "shop",
      APP_PORT: "6001",
      APP_PROTOCOL: "http",
      APP_CHANNEL_ADDRESS: "127.0.0.1",
      DAPR_HTTP_PORT: "3500",
      DAPR_GRPC_PORT: "50001",
      DAPR_METRICS_PORT: "9090",
    });
  });

  it("have no port where the app has none", () => {
    expect(appEnvironment(plan({}), ports)).not.toHaveProperty("APP_PORT");
  });

  it("are won by the plan's own", () => {
    const env = appEnvironment(plan({}, { DAPR_HTTP_PORT: "1", COLOUR: "blue" }), ports);
    expect(env).toMatchObject({ DAPR_HTTP_PORT: "1", COLOUR: "blue" });
  });

  it.each([
    [{ appSSL: true }, "https"],
    [{ appSSL: true, appProtocol: "grpc" }, "grpcs"],
    [{ appProtocol: "h2c", appSSL: true }, "h2c"],
  ])("%j means %s", (values, protocol) => {
    expect(appEnvironment(plan(values), ports).APP_PROTOCOL).toBe(protocol);
  });
});

describe("daprd's arguments", () => {
  const ports = { http: 1, grpc: 2, internalGrpc: 3, metrics: 4 };

  it("are the plan, the ports behind the Sluice sidecar, and what is for daprd alone", () => {
    const values = {
      appPort: 6001,
      appMaxConcurrency: 2,
      enableApiLogging: true,
      appSSL: false,
      placementHostAddress: "far",
    };
    const setup = { ports, resourcesPaths: ["/a", "/b"], configFile: "/c.yaml" };
    const words = daprdArguments(plan(values), setup, "linux");
    expect(words.join(" ")).toBe(
      "--app-id shop --app-port 6001 --app-protocol http --dapr-http-port 1 --dapr-grpc-port 2 " +
        "--dapr-internal-grpc-port 3 --metrics-port 4 --log-level info --max-body-size 4194304 " +
        "--app-max-concurrency 2 --placement-host-address far:50005 --enable-api-logging --config /c.yaml " +
        "--resources-path /a --resources-path /b",
    );
  });

  it.each([
    [{}, "linux", "localhost:50005"],
    [{}, "win32", "localhost:6050"],
    [{ placementHostAddress: "a:1,b:2" }, "linux", "a:1,b:2"],
  ] as const)("name the placement service: %j on %s", (values, platform, address) => {
    const words = daprdArguments(plan(values), { ports, resourcesPaths: [] }, platform);
    expect(words[words.indexOf("--placement-host-address") + 1]).toBe(address);
  });
});
