import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { componentYaml, DaprWorkshop, withTakenPort } from "../support/dapr-workshop.js";
import { type Started, startSluice } from "./start.js";

let workshop: DaprWorkshop;
let started: Started[] = [];
beforeEach(() => {
  workshop = new DaprWorkshop();
});
afterEach(async () => {
  for (const { child, ended } of started) {
    if (child.exitCode === null && child.signalCode === null) child.kill("SIGTERM");
    await ended;
  }
  started = [];
  workshop.remove();
});

function sluice(words: readonly string[], env: Record<string, string> = workshop.env): Started {
  const one = startSluice(words, { folder: workshop.folder, env });
  started.push(one);
  return one;
}

const run = (words: readonly string[], env?: Record<string, string>) => sluice(["dapr", "run", ...words], env);
const ECHO = ["--app-id", "my-app", "--resources-path", "components"];
const NODE = ["--", process.execPath];

/** Whether nothing listens at a port of this machine any more. */
async function isFree(port: string | undefined): Promise<boolean> {
  return await fetch(`http://127.0.0.1:${port}/v1.0/healthz`).then(
    () => false,
    () => true,
  );
}

describe("sluice dapr run", () => {
  test("starts the app beside a sidecar that streams, with the variables of dapr run, and ends with its code", async () => {
    const { code, stdout, stderr } = await run([...ECHO, "-p", "6001", ...NODE, "stream.mjs", "7"]).ended;
    expect(stderr).toBe("== SIDECAR == info: Component loaded: echo (conversation.echo/v1)\n");
    const lines = stdout.trimEnd().split("\n");
    expect(lines.filter((line) => !line.startsWith("== APP == "))).toEqual([
      expect.stringContaining("There is no daprd on PATH or in ~/.dapr/bin: the Sluice sidecar runs alone"),
      expect.stringMatching(/^Starting Dapr with id my-app\. HTTP Port: \d+\. gRPC Port: \d+$/),
      "Dapr sidecar is up and running.",
      expect.stringMatching(/^Updating metadata for appPID: \d+$/),
      `Updating metadata for app command: ${process.execPath} stream.mjs 7`,
      "You're up and running! Both Dapr and your app logs will appear here.",
      "The App process exited with error code: exit status 7",
      "Exited Dapr successfully",
    ]);
    expect(lines.filter((line) => line.startsWith("== APP == "))).toEqual([
      '== APP == {"APP_ID":"my-app","APP_PORT":"6001","APP_PROTOCOL":"http","hasPorts":true}',
      '== APP == delta "one"',
      '== APP == delta " two"',
      '== APP == delta " three"',
    ]);
    expect(code).toBe(7);
  });

  test.each([
    ["SIGINT", 9],
    ["SIGHUP", 129],
  ] as const)("%s ends app, daprd and sidecar, and leaves nothing behind", async (signal, expected) => {
    const { child, until, ended } = run(["--dev", ...ECHO, ...NODE, "wait.mjs"], workshop.withDaprd());
    await until(/You're up and running!/);
    const [, port] = await until(/waiting at (\d+)/);
    expect(workshop.temporary()).toHaveLength(1);
    child.kill(signal);
    const { code, stdout } = await ended;
    expect(stdout).toContain("terminated signal received: shutting down");
    expect(stdout.includes("== APP == got SIGINT")).toBe(signal === "SIGINT");
    expect(code).toBe(expected);
    expect(await isFree(port)).toBe(true);
    expect(workshop.recorded().at(-1)).toEqual({ ended: "SIGTERM" });
    expect(workshop.temporary()).toEqual([]);
  });

  test("a second Ctrl-C does not wait for an app that will not end", async () => {
    const app =
      'process.on("SIGINT", () => console.log("not yet")); setInterval(() => {}, 1000); console.log("ready");';
    const { child, until, ended } = run([...ECHO, ...NODE, "-e", app]);
    await until(/== APP == ready/);
    await until(/You're up and running!/);
    child.kill("SIGINT");
    await until(/== APP == not yet/);
    child.kill("SIGINT");
    expect((await ended).code).toBe(137);
  });

  test("Ctrl-C ends a start that waits for a daprd", async () => {
    const env = { ...workshop.withDaprd(), FAKE_DAPRD: "ill" };
    const { child, until, ended } = run(["--dev", ...ECHO, ...NODE, "wait.mjs"], env);
    await until(/Checking if Dapr sidecar is listening/);
    await until(/fake daprd says hello/);
    child.kill("SIGINT");
    const { code, stdout } = await ended;
    expect(stdout).not.toContain("== APP ==");
    expect([code, workshop.temporary()]).toEqual([130, []]);
  });

  test("where nobody reads its output any more it ends, and leaves nothing behind", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    workshop.write(
      "talk.mjs",
      `import { connect } from "node:net";
       connect(${port}, "127.0.0.1").on("data", () => console.log("more"));`,
    );
    const { child, until, ended } = run(["--dev", ...NODE, "talk.mjs"]);
    const [app] = await once(server, "connection");
    await until(/You're up and running!/);
    const closed = once(app.on("error", () => {}).resume(), "close");
    child.stdout?.destroy();
    app.write("go on");
    await closed;
    await ended;
    server.close();
    expect(workshop.temporary()).toEqual([]);
  });

  test("without a command there is only the sidecar", async () => {
    const { child, until, ended } = run(ECHO);
    await until(/You're up and running! Dapr logs will appear here\./);
    child.kill("SIGINT");
    expect((await ended).code).toBe(0);
  });

  test("a taken port is explained in the words of dapr run", async () => {
    await withTakenPort(async (port) => {
      const { code, stderr } = await run([...ECHO, "-H", String(port), ...NODE, "stream.mjs"]).ended;
      expect(stderr).toContain(`invalid configuration for HTTPPort. Port ${port} is not available`);
      expect(code).toBe(2);
    });
  });

  test("waits for a daprd's health, streams conversations itself, and passes on everything else", async () => {
    const call = `console.log(await (await fetch("http://127.0.0.1:" + process.env.DAPR_HTTP_PORT + "/v1.0/state/a/b")).text());`;
    workshop.write("both.mjs", `${call}\nawait import("./stream.mjs");`);
    const flags = ["--app-max-concurrency", "2", "--enable-api-logging", "-c", "c.yaml"];
    const { code, stdout, stderr } = await run([...ECHO, ...flags, ...NODE, "both.mjs"], workshop.withDaprd()).ended;
    expect(stderr).toContain("== DAPR == fake daprd says hello");
    expect(stdout).toContain(`${workshop.path("bin/daprd")} runs behind the Sluice sidecar`);
    expect(stdout).toContain("== APP == from the fake daprd");
    expect(stdout).toContain('== APP == delta " three"');
    expect(stdout.indexOf("Dapr sidecar is up and running.")).toBeLessThan(stdout.indexOf("== APP =="));
    const [{ words = [] } = {}, ...asked] = workshop.recorded();
    const after = (flag: string) => words[words.indexOf(flag) + 1];
    const components = workshop.path("components");
    expect(["--app-id", "--app-max-concurrency", "--config", "--resources-path"].map(after)).toEqual([
      "my-app",
      "2",
      "c.yaml",
      components,
    ]);
    expect(words).toContain("--enable-api-logging");
    expect(asked).toEqual([
      { asked: "GET /v1.0/healthz/outbound" },
      { asked: "GET /v1.0/healthz/outbound" },
      { asked: "GET /v1.0/state/a/b" },
      { ended: "SIGTERM" },
    ]);
    expect(code).toBe(0);
  });

  test("runs the apps of a run file, each beside a sidecar of its own", async () => {
    const node = process.execPath;
    workshop.write(
      "dapr.yaml",
      `version: 1
common:
  resourcesPath: components
  env: { COMPONENT: echo }
apps:
  - { appID: first, appDirPath: ., command: [${node}, stream.mjs] }
  - { appID: second, appDirPath: ., command: [${node}, stream.mjs, "6"], env: { COMPONENT: other } }
`,
    );
    workshop.write("components/other.yaml", `${componentYaml("other", "conversation.echo")}scopes: [second]\n`);
    const { code, stdout, stderr } = await run(["-f", "."]).ended;
    for (const id of ["first", "second"]) {
      expect(stdout).toContain(`Starting Dapr with id ${id}.`);
      expect(stdout).toContain(`== APP - ${id} == {"APP_ID":"${id}"`);
      expect(stdout).toContain(`== APP - ${id} == delta " three"`);
      expect(stderr).toContain(`== SIDECAR - ${id} == info: Component loaded: echo`);
    }
    expect(stderr).not.toContain("== SIDECAR - first == info: Component loaded: other");
    expect(code).toBe(6);
  });
});

describe("sluice sidecar", () => {
  const PORTS = ["--dapr-http-port", "0", "--dapr-grpc-port", "0", "--metrics-port", "0"];
  const sidecar = (words: readonly string[]) =>
    sluice(["sidecar", "--resources-path", "components", ...PORTS, ...words]);

  test("says where it listens and what it has, answers, and ends with 0 when it is told to", async () => {
    workshop.write(
      "components/openai.yaml",
      componentYaml("openai", "conversation.openai", { key: "k", model: `\${M}` }),
    );
    workshop.write("variables", "M=gpt-test\n");
    const { child, until, ended } = sidecar(["--app-id", "my-app", "--env-file", "variables"]);
    await until(/openai .*\n/);
    const [, port] = await until(/HTTP {5}http:\/\/127\.0\.0\.1:(\d+)/);
    const [, metrics] = await until(/metrics {2}(http\S+)/);
    const body = JSON.stringify({ inputs: [{ content: "hello" }] });
    const url = `http://127.0.0.1:${port}/v1.0-alpha1/conversation/echo/converse`;
    expect(await (await fetch(url, { method: "POST", body })).json()).toEqual({ outputs: [{ result: "hello" }] });
    expect(await (await fetch(metrics ?? "")).text()).toContain('dapr_component_conversation_count{app_id="my-app"');
    child.kill("SIGTERM");
    const { code, stdout, stderr } = await ended;
    expect(stdout).toMatch(/^The sidecar of my-app listens\.\n/);
    expect(stdout).toContain("  echo     conversation.echo/v1\n  openai   conversation.openai/v1, gpt-test\n");
    expect(stderr).toContain("info: Component loaded: echo (conversation.echo/v1)\n");
    expect(code).toBe(0);
  });

  test.each([
    ["debug", /^debug: echo: answered through alpha1 in \d+ ms$/m],
    ["error", /^$/],
  ])("logs as much as --log-level %s asks for, and ends when a client says so", async (level, logged) => {
    const { until, ended } = sidecar(["--no-metrics", "--log-level", level]);
    const [, port] = await until(/HTTP +http:\/\/127\.0\.0\.1:(\d+)/);
    const body = JSON.stringify({ inputs: [{ content: "hello" }] });
    await fetch(`http://127.0.0.1:${port}/v1.0-alpha1/conversation/echo/converse`, { method: "POST", body });
    await fetch(`http://127.0.0.1:${port}/v1.0/shutdown`, { method: "POST" });
    const { code, stdout, stderr } = await ended;
    expect(stderr).toMatch(logged);
    expect(stdout).not.toContain("metrics");
    expect(code).toBe(0);
  });
});

describe("sluice dapr stop", () => {
  test("ends the app, its sidecar and the run, by the app's id", async () => {
    const one = run([...ECHO, ...NODE, "wait.mjs"]);
    const other = run(["--app-id", "other", "--components", "components", ...NODE, "wait.mjs"]);
    await one.until(/You're up and running!/);
    const [, port] = await one.until(/waiting at (\d+)/);
    await other.until(/waiting at (\d+)/);
    await other.until(/You're up and running!/);
    const stopped = await sluice(["dapr", "stop", "--app-id", "my-app"]).ended;
    expect([stopped.code, stopped.stdout]).toEqual([0, "app stopped successfully: my-app\n"]);
    expect((await one.ended).stdout).toContain("== APP == got SIGTERM");
    expect(await isFree(port)).toBe(true);
    const again = await sluice(["dapr", "stop", "-a", "my-app", "-a", "other"]).ended;
    expect(again.stderr).toContain("couldn't find app id my-app");
    expect([again.code, again.stdout]).toEqual([3, "app stopped successfully: other\n"]);
    await other.ended;
  });

  test("does not take another's sidecar at the same port for one that was killed", async () => {
    const { child, until, ended } = run([...ECHO, ...NODE, "wait.mjs"]);
    const [, pid] = await until(/Updating metadata for appPID: (\d+)/);
    await until(/You're up and running!/);
    child.kill("SIGKILL");
    process.kill(-Number(pid), "SIGKILL");
    await ended;
    const { code, stderr } = await sluice(["dapr", "stop", "--app-id", "my-app"]).ended;
    expect(stderr).toContain("couldn't find app id my-app");
    expect(code).toBe(3);
  });
});
