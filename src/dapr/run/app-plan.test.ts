import { describe, expect, it } from "vitest";
import { type AppPlanBasis, planApp } from "./app-plan.js";
import { readByteQuantity } from "./byte-quantity.js";
import { RUN_SETTINGS } from "./run-settings.js";

const basis: AppPlanBasis = {
  defaultAppId: () => "a-name",
  defaultLogLevel: "info",
  command: ["node", "app.js"],
  folder: "/app",
  env: {},
  resourcesPaths: ["/app/components"],
  pathOf: (key) => `<${key}>`,
};

describe("a plan", () => {
  it("has Dapr's defaults, and no ports: free ones are looked for", () => {
    expect(planApp({}, basis)).toEqual({
      appId: "a-name",
      appLogs: "console",
      daprdLogs: "console",
      command: ["node", "app.js"],
      folder: "/app",
      env: {},
      resourcesPaths: ["/app/components"],
      appProtocol: "http",
      appChannelAddress: "127.0.0.1",
      logLevel: "info",
      maxBodyBytes: 4_194_304,
      daprdFlags: {},
    });
  });

  it("takes texts of the command line and values of YAML alike", () => {
    const texts = { appPort: "6001", daprHTTPPort: "3500", appMaxConcurrency: "5", enableApiLogging: true };
    const values = { appPort: 6001, daprHTTPPort: 3500, appMaxConcurrency: 5, enableApiLogging: "true" };
    expect(planApp(values, basis)).toEqual(planApp(texts, basis));
    expect(planApp(values, basis)).toMatchObject({
      appPort: 6001,
      httpPort: 3500,
      daprdFlags: { "app-max-concurrency": "5", "enable-api-logging": "true" },
    });
  });

  it("takes 0 and -1 for a port that is not set, and a switch that is off for none", () => {
    const plan = planApp({ appPort: 0, daprHTTPPort: "-1", appSSL: false }, basis);
    expect(plan).toEqual(planApp({}, basis));
  });

  it("takes the shorter name that Dapr has for a level", () => {
    expect(planApp({ logLevel: "warn" }, basis).logLevel).toBe("warning");
  });

  it("takes levels and protocols in any case", () => {
    expect(planApp({ logLevel: "WARNING", appProtocol: "GRPC" }, basis)).toMatchObject({
      logLevel: "warning",
      appProtocol: "grpc",
    });
  });

  it.each([
    [{ appPort: "http" }, '<appPort>: found "http"; allowed: a port from 1 to 65535, or 0 for a free one'],
    [{ daprHTTPPort: 65_536 }, "<daprHTTPPort>: found 65536;"],
    [{ daprGRPCPort: 1.5 }, "<daprGRPCPort>: found 1.5;"],
    [{ appMaxConcurrency: "many" }, '<appMaxConcurrency>: found "many"; allowed: a whole number'],
    [{ appSSL: "yes" }, '<appSSL>: found "yes"; allowed: true or false'],
    [{ appID: ["a"] }, "<appID>: found an array of 1; allowed: a text"],
    [{ appProtocol: "ftp" }, '<appProtocol>: found "ftp"; allowed: http, https, grpc, grpcs, h2c'],
    [{ logLevel: "loud" }, '<logLevel>: found "loud"; allowed: debug, info, warning, error, fatal, panic'],
    [{ maxBodySize: "much" }, '<maxBodySize>: found "much"; allowed: a size in bytes'],
  ])("refuses %j and names it", (values, message) => {
    expect(() => planApp(values, basis)).toThrow(message);
  });
});

it("no two settings share a flag, a letter or a field", () => {
  const distinct = (names: readonly string[]) => expect(new Set(names).size).toBe(names.length);
  distinct(RUN_SETTINGS.map(({ flag }) => flag));
  distinct(RUN_SETTINGS.map(({ key }) => key));
  distinct(RUN_SETTINGS.flatMap((setting) => ("short" in setting ? [setting.short] : [])));
});

it.each([
  ["4Mi", 4_194_304],
  ["512k", 512_000],
  ["1.5Ki", 1_536],
  ["100", 100],
])("%s is %i bytes", (text, bytes) => expect(readByteQuantity(text, "size")).toBe(bytes));

it.each(["", "Mi", "-1", "4 Mi", "4mi", "4toString"])("%j is no size", (text) => {
  expect(() => readByteQuantity(text, "size")).toThrow("size: found");
});
