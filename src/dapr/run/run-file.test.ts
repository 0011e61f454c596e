import { describe, expect, it } from "vitest";
import { readRunFile } from "./run-file.js";

function read(text: string, there: readonly string[] = []) {
  const paths = new Set(["/project/shop", "/project/pay", ...there]);
  return readRunFile(text, {
    path: "/project/dapr.yaml",
    exists: (path) => paths.has(path),
    logLevel: "info",
    home: "/home/me",
  });
}

const TWO_APPS = `
version: 1
common:
  resourcesPath: ./components
  logLevel: debug
  appProtocol: grpc
  env:
    COLOUR: blue
    DEPTH: 3
apps:
  - appID: shop
    appDirPath: ./shop
    appPort: 6001
    daprHTTPPort: 3500
    command: ["node", "app.js"]
    env:
      COLOUR: red
  - appDirPath: /project/pay
    appProtocol: http
    resourcesPaths: [one, ~/two]
    resourcesPath: /three
`;

describe("a run file", () => {
  it("describes apps; what an app sets wins over what all share", () => {
    const { apps, notices } = read(TWO_APPS);
    expect(notices).toEqual([]);
    expect(apps).toMatchObject([
      {
        appId: "shop",
        folder: "/project/shop",
        command: ["node", "app.js"],
        appPort: 6001,
        httpPort: 3500,
        appProtocol: "grpc",
        logLevel: "debug",
        env: { COLOUR: "red", DEPTH: "3" },
        resourcesPaths: ["/project/components"],
      },
      {
        appId: "pay",
        folder: "/project/pay",
        command: [],
        appProtocol: "http",
        env: { COLOUR: "blue", DEPTH: "3" },
        resourcesPaths: ["/project/pay/one", "/home/me/two", "/three"],
      },
    ]);
  });

  it("finds resources and a configuration in an app's .dapr before those that all share", () => {
    const { apps } = read(TWO_APPS, ["/project/shop/.dapr/resources", "/project/shop/.dapr/config.yaml"]);
    expect(apps[0]).toMatchObject({
      resourcesPaths: ["/project/shop/.dapr/resources"],
      configFile: "/project/shop/.dapr/config.yaml",
    });
    expect(apps[1]).not.toHaveProperty("configFile");
  });

  it("takes resources paths with commas between them, as Dapr's guide writes them", () => {
    const text = `version: 1\napps:\n- {appDirPath: shop, resourcesPaths: "one, ../two"}`;
    expect(read(text).apps[0]?.resourcesPaths).toEqual(["/project/shop/one", "/project/two"]);
  });

  it("says where logs go: the console, a file of each run in the app's folder, or both", () => {
    const text = `version: 1
common: {daprdLogDestination: file}
apps:
- {appDirPath: shop, appLogDestination: fileAndConsole}
- {appDirPath: pay, daprdLogDestination: console}`;
    const { apps, notices } = read(text);
    expect(notices).toEqual([]);
    expect(apps.map(({ appLogs, daprdLogs }) => [appLogs, daprdLogs])).toEqual([
      ["fileAndConsole", "file"],
      ["console", "console"],
    ]);
  });

  it("has paths relative to where they stand", () => {
    const text = `version: 1\ncommon: {configFilePath: all.yaml}\napps:\n- {appDirPath: shop}\n- {appDirPath: pay, configFilePath: own.yaml}`;
    expect(read(text).apps.map(({ configFile }) => configFile)).toEqual(["/project/all.yaml", "/project/pay/own.yaml"]);
  });

  it("says what it names in vain", () => {
    const text = `version: 1\ncommon: {appPort: 1}\napps:\n- {appDirPath: shop, containerImage: x}`;
    expect(read(text).notices.map(({ message }) => message)).toEqual([
      "common.appPort is not used",
      "apps[0].containerImage is not used",
    ]);
  });

  it.each([
    ["apps: []", "version: required field 'version' not found in the provided run template file"],
    ["version: 2", "version: found 2; allowed: 1"],
    ["version: 1", "apps: found nothing; allowed: a list with at least one app"],
    ["version: 1\napps: {a: 1}", "apps: found an object with a; allowed: a list"],
    ["version: 1\napps: [shop]", 'apps[0]: found "shop"; allowed: an object'],
    [
      "version: 1\napps:\n- {appDirPath: shop}\n- {appID: a}",
      "apps[1].appDirPath: required field 'appDirPath' not found in the provided app config file",
    ],
    [
      "version: 1\napps:\n- {appDirPath: gone}",
      'apps[0].appDirPath: found "/project/gone"; allowed: a folder that is there',
    ],
    ["version: 1\napps:\n- {appDirPath: shop, appPort: x}", 'apps[0].appPort: found "x"; allowed: a port'],
    [
      "version: 1\napps:\n- {appDirPath: shop, command: node app.js}",
      'apps[0].command: found "node app.js"; allowed: a list',
    ],
    ["version: 1\napps:\n- {appDirPath: shop, command: [{}]}", "apps[0].command[0]: found an object"],
    ["version: 1\napps:\n- {appDirPath: shop, env: {A: [1]}}", "apps[0].env.A: found an array of 1; allowed: a text"],
    ["version: 1\ncommon: {logLevel: loud}\napps:\n- {appDirPath: shop}", 'common.logLevel: found "loud"'],
    [
      "version: 1\napps:\n- {appDirPath: shop, appLogDestination: printer}",
      'apps[0].appLogDestination: found "printer"; allowed: console, file, fileAndConsole',
    ],
    ["version: [", "error in parsing the provided app config file: "],
    ["- a", "the run file: found an array of 1; allowed: an object with version and apps"],
  ])("is refused: %j", (text, message) => expect(() => read(text)).toThrow(message));
});
