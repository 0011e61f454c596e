import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { type AddressInfo, createServer as createNetServer } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { BARE_ENV } from "./run.js";
import { type Started, startSluice } from "./start.js";

let folder = "";
const started: Started[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "sluice-dapr-run-"));
  for (const name of ["tmp", "bin", "components"]) mkdirSync(join(folder, name));
  write("components/echo.yaml", component("echo", "conversation.echo"));
  write("stream.mjs", STREAMING_APP);
  write("wait.mjs", WAITING_APP);
});
afterEach(async () => {
  for (const { child, ended } of started.splice(0)) {
    if (child.exitCode === null && child.signalCode === null) child.kill("SIGTERM");
    await ended;
  }
  rmSync(folder, { recursive: true, force: true });
});

/** Asks the sidecar through the variables that it was given, and prints each piece as it arrives. */
const STREAMING_APP = `
const { APP_ID, APP_PORT, APP_PROTOCOL, DAPR_HTTP_PORT, DAPR_GRPC_PORT, DAPR_METRICS_PORT, COMPONENT = "echo" } = process.env;
console.log(JSON.stringify({ APP_ID, APP_PORT, APP_PROTOCOL, isPort: [DAPR_HTTP_PORT, DAPR_GRPC_PORT, DAPR_METRICS_PORT].every((port) => Number(port) > 0) }));
const url = "http://127.0.0.1:" + DAPR_HTTP_PORT + "/v1.0-alpha2/conversation/" + COMPONENT + "/converse/stream";
const body = JSON.stringify({ inputs: [{ messages: [{ ofUser: { content: [{ text: "one two three" }] } }] }] });
const { body: answer } = await fetch(url, { method: "POST", body });
let text = "";
for await (const piece of answer.pipeThrough(new TextDecoderStream())) text += piece;
for (const [, frame] of text.matchAll(/^data: (.*)$/gm)) {
  const { text: delta } = JSON.parse(frame);
  if (delta) console.log("delta", JSON.stringify(delta.content));
}
process.exitCode = Number(process.argv[2] ?? 0);
`;

/** Says that it runs, and which signal it gets; then ends with 9. */
const WAITING_APP = `
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => { console.log("got", signal); process.exit(9); });
setInterval(() => {}, 1000);
console.log("waiting at", process.env.DAPR_HTTP_PORT);
`;

/** Answers as daprd would as far as it matters here, and records what it is asked. Is not healthy at first. */
const FAKE_DAPRD = `#!/usr/bin/env node
const { appendFileSync } = require("node:fs");
const record = (what) => appendFileSync(process.env.RECORD, JSON.stringify(what) + "\\n");
const words = process.argv.slice(2);
const port = Number(words[words.indexOf("--dapr-http-port") + 1]);
record({ words });
console.log("fake daprd says hello");
if (process.env.FAKE_DAPRD === "broken") { console.error("fake daprd cannot start"); process.exit(4); }
let asked = 0;
require("node:http").createServer((request, response) => {
  record({ asked: request.method + " " + request.url });
  if (request.url === "/v1.0/healthz/outbound") { response.writeHead(asked++ === 0 ? 500 : 204).end(); return; }
  if (request.url === "/v1.0/crash") process.exit(5);
  response.end(request.url === "/v1.0/metadata" ? "{}" : "from the fake daprd");
}).listen(port, "127.0.0.1");
process.on("SIGTERM", () => { record({ ended: "SIGTERM" }); process.exit(0); });
`;

function write(name: string, text: string, mode = 0o644): void {
  writeFileSync(join(folder, name), text, { mode });
}

function component(name: string, type: string, metadata: Record<string, string> = {}): string {
  const items = Object.entries(metadata).map(([key, value]) => `\n  - name: ${key}\n    value: ${value}`);
  const spec = `  type: ${type}\n  version: v1\n${items.length > 0 ? `  metadata:${items.join("")}\n` : ""}`;
  return `apiVersion: dapr.io/v1alpha1\nkind: Component\nmetadata:\n  name: ${name}\nspec:\n${spec}`;
}

/** Runs in the test's folder, with a folder of its own for what is temporary. */
function sluice(words: readonly string[], env: Record<string, string> = {}): Started {
  const all = { HOME: join(folder, "home"), TMPDIR: join(folder, "tmp"), RECORD: join(folder, "record"), ...env };
  const one = startSluice(words, { folder, env: all });
  started.push(one);
  return one;
}

const run = (words: readonly string[], env?: Record<string, string>) => sluice(["dapr", "run", ...words], env);
const ECHO = ["--app-id", "my-app", "--resources-path", "components"];
const NODE = ["--", process.execPath];

/** Puts a daprd on PATH. */
function withDaprd(): Record<string, string> {
  write("bin/daprd", FAKE_DAPRD, 0o755);
  return { PATH: [join(folder, "bin"), BARE_ENV.PATH].join(delimiter) };
}

function recorded(): { words?: string[]; asked?: string; ended?: string }[] {
  return readFileSync(join(folder, "record"), "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
}

async function takenPort(): Promise<{ port: number; free(): void }> {
  const server = createNetServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { port: (server.address() as AddressInfo).port, free: () => server.close() };
}

/** Whether nothing listens at a port of this machine any more. */
async function isFree(port: number): Promise<boolean> {
  return await fetch(`http://127.0.0.1:${port}/v1.0/healthz`).then(
    () => false,
    () => true,
  );
}

describe("sluice dapr run, where there is no daprd", () => {
  test("starts the app beside a sidecar that streams, with the variables of dapr run", async () => {
    const { code, stdout, stderr } = await run([...ECHO, "-p", "6001", ...NODE, "stream.mjs"]).ended;
    expect(stderr).toContain("== SIDECAR == info: Component loaded: echo (conversation.echo/v1)\n");
    const lines = stdout.trimEnd().split("\n");
    expect(lines.filter((line) => !line.startsWith("== APP == "))).toEqual([
      expect.stringContaining("There is no daprd on PATH or in ~/.dapr/bin: the Sluice sidecar runs alone"),
      expect.stringMatching(/^Starting Dapr with id my-app\. HTTP Port: \d+\. gRPC Port: \d+$/),
      "Dapr sidecar is up and running.",
      expect.stringMatching(/^Updating metadata for appPID: \d+$/),
      `Updating metadata for app command: ${process.execPath} stream.mjs`,
      "You're up and running! Both Dapr and your app logs will appear here.",
      "Exited App successfully",
      "Exited Dapr successfully",
    ]);
    expect(lines.filter((line) => line.startsWith("== APP == "))).toEqual([
      '== APP == {"APP_ID":"my-app","APP_PORT":"6001","APP_PROTOCOL":"http","isPort":true}',
      '== APP == delta "one"',
      '== APP == delta " two"',
      '== APP == delta " three"',
    ]);
    expect(code).toBe(0);
  });

  test("ends with the app's exit code, and the sidecar with it", async () => {
    const { until, ended } = run([...ECHO, "--log-level", "error", ...NODE, "stream.mjs", "7"]);
    const [, port] = await until(/HTTP Port: (\d+)/);
    const { code, stdout, stderr } = await ended;
    expect([code, stderr]).toEqual([7, ""]);
    expect(stdout).toContain("The App process exited with error code: exit status 7");
    expect(await isFree(Number(port))).toBe(true);
  });

  test("tells the sidecar of the app", async () => {
    const { until } = run([...ECHO, ...NODE, "wait.mjs"]);
    await until(/You're up and running!/);
    const [, port] = await until(/waiting at (\d+)/);
    const { extended, id } = await (await fetch(`http://127.0.0.1:${port}/v1.0/metadata`)).json();
    expect(id).toBe("my-app");
    expect(extended).toMatchObject({
      appCommand: `${process.execPath} wait.mjs`,
      appPID: expect.stringMatching(/\d+/),
    });
  });

  test.each([
    ["SIGINT", 9],
    ["SIGHUP", 129],
  ] as const)("%s ends both, and leaves nothing behind", async (signal, expected) => {
    const { child, until, ended } = run(["--dev", ...NODE, "wait.mjs"]);
    await until(/You're up and running!/);
    const [, port] = await until(/waiting at (\d+)/);
    child.kill(signal);
    const { code, stdout } = await ended;
    expect(stdout).toContain("terminated signal received: shutting down");
    expect(code).toBe(expected);
    expect(stdout.includes("== APP == got SIGINT")).toBe(signal === "SIGINT");
    expect(await isFree(Number(port))).toBe(true);
    expect(readdirSync(join(folder, "tmp"))).toEqual([]);
  });

  test("a second Ctrl-C does not wait for an app that will not end", async () => {
    const app =
      'process.on("SIGINT", () => console.log("not yet")); setInterval(() => {}, 1000); console.log("ready");';
    const { child, until, ended } = run([...ECHO, ...NODE, "-e", app]);
    await until(/ready/);
    await until(/You're up and running!/);
    child.kill("SIGINT");
    await until(/not yet/);
    child.kill("SIGINT");
    expect((await ended).code).toBe(137);
  });

  test("the end of the sidecar ends the app", async () => {
    const { until, ended } = run([...ECHO, ...NODE, "wait.mjs"]);
    await until(/You're up and running!/);
    const [, port] = await until(/waiting at (\d+)/);
    await fetch(`http://127.0.0.1:${port}/v1.0/shutdown`, { method: "POST" });
    const { code, stdout } = await ended;
    expect(stdout).toContain("== APP == got SIGTERM");
    expect(code).toBe(9);
  });

  test("without a command there is only the sidecar", async () => {
    const { child, until, ended } = run(ECHO);
    await until(/You're up and running! Dapr logs will appear here\./);
    child.kill("SIGINT");
    expect((await ended).code).toBe(0);
  });

  test("a taken port is explained in the words of dapr run", async () => {
    const { port, free } = await takenPort();
    const { code, stderr } = await run([...ECHO, "-H", String(port), ...NODE, "stream.mjs"]).ended;
    free();
    expect(stderr).toContain(`invalid configuration for HTTPPort. Port ${port} is not available`);
    expect(code).toBe(2);
  });
});

describe("sluice dapr run --dev", () => {
  test("has a component echo where there is none", async () => {
    const { code, stdout } = await run(["--dev", "--resources-path", "gone", ...NODE, "stream.mjs"]).ended;
    expect(stdout).toContain('== APP == delta " three"');
    expect(code).toBe(0);
    expect(readdirSync(join(folder, "tmp"))).toEqual([]);
  });

  test("puts values of .env in the place of names, warns of others, and shows names of keys only", async () => {
    const keys: (string | undefined)[] = [];
    const server = createServer((request, response) => {
      keys.push(request.headers.authorization);
      const chunk = { id: "c", model: "m", choices: [{ index: 0, delta: { content: "Hi" }, finish_reason: "stop" }] };
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.end(`data: ${JSON.stringify(chunk)}\n\ndata: [DONE]\n\n`);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    const metadata = { key: `\${OPENAI_API_KEY}`, endpoint: `\${WHERE}/v1`, model: `\${MODEL}` };
    write("components/openai.yaml", component("openai", "conversation.openai", metadata));
    write(".env", `# keys\nOPENAI_API_KEY="sk-from-file-0123456789"\nWHERE=http://127.0.0.1:${port}\n`);
    const env = { COMPONENT: "openai", OPENAI_API_KEY: "sk-from-environment" };
    const { code, stdout, stderr } = await run(["--dev", ...ECHO, ...NODE, "stream.mjs"], env).ended;
    server.close();
    expect(stdout).toContain("Keys of model providers: OPENAI_API_KEY\n");
    expect(stdout).toContain('== APP == delta "Hi"');
    expect(keys).toEqual(["Bearer sk-from-file-0123456789"]);
    expect(stderr).toContain(`components/openai.yaml: \${MODEL} is not set, and left as it is`);
    expect(stdout + stderr).not.toContain("sk-from");
    expect(code).toBe(0);
  });
});

describe("sluice dapr run, with a daprd on PATH", () => {
  const SIDECAR = `const sidecar = "http://127.0.0.1:" + process.env.DAPR_HTTP_PORT;`;

  test("waits for its health, streams conversations, and passes on everything else", async () => {
    const call = `console.log(await (await fetch(sidecar + "/v1.0/state/store/key")).text());`;
    write("state.mjs", `${SIDECAR}\n${call}\n${STREAMING_APP}`);
    const flags = ["--app-max-concurrency", "2", "--enable-api-logging", "-c", "c.yaml"];
    const { code, stdout, stderr } = await run([...ECHO, ...flags, ...NODE, "state.mjs"], withDaprd()).ended;
    expect(stderr).toContain("== DAPR == fake daprd says hello");
    expect(stdout).toContain(`${join(folder, "bin", "daprd")} runs behind the Sluice sidecar`);
    expect(stdout).toContain("== APP == from the fake daprd");
    expect(stdout).toContain('== APP == delta " three"');
    expect(stdout.indexOf("Dapr sidecar is up and running.")).toBeLessThan(stdout.indexOf("== APP =="));
    const [{ words = [] } = {}, ...asked] = recorded();
    const after = (flag: string) => words[words.indexOf(flag) + 1];
    expect(["--app-id", "--app-max-concurrency", "--config", "--resources-path"].map(after)).toEqual([
      "my-app",
      "2",
      "c.yaml",
      join(folder, "components"),
    ]);
    expect(words).toContain("--enable-api-logging");
    expect(asked).toEqual([
      { asked: "GET /v1.0/healthz/outbound" },
      { asked: "GET /v1.0/healthz/outbound" },
      { asked: "GET /v1.0/state/store/key" },
      { ended: "SIGTERM" },
    ]);
    expect(code).toBe(0);
  });

  test("--dev gives it a copy with values, which is gone afterwards", async () => {
    const text = component("echo", "conversation.echo", { note: `\${NOTE}` });
    write("components/echo.yaml", text);
    write(".env", "NOTE=seen\n");
    const { until, child, ended } = run(["--dev", ...ECHO, ...NODE, "wait.mjs"], withDaprd());
    await until(/You're up and running!/);
    const [{ words = [] } = {}] = recorded();
    const copy = words[words.indexOf("--resources-path") + 1] ?? "";
    expect(copy.startsWith(join(folder, "tmp"))).toBe(true);
    expect(readFileSync(join(copy, "echo.yaml"), "utf8")).toContain('"value": "seen"');
    child.kill("SIGINT");
    await ended;
    expect(existsSync(copy)).toBe(false);
    expect(readdirSync(join(folder, "tmp"))).toEqual([]);
    expect(recorded().at(-1)).toEqual({ ended: "SIGTERM" });
  });

  test("one that ends before it is ready ends the start", async () => {
    const env = { ...withDaprd(), FAKE_DAPRD: "broken" };
    const { code, stdout, stderr } = await run([...ECHO, ...NODE, "stream.mjs"], env).ended;
    expect(stderr).toContain("== DAPR == fake daprd cannot start");
    expect(stderr).toContain("daprd ended with exit code 4 before it was ready");
    expect(stdout).not.toContain("== APP ==");
    expect(code).toBe(1);
  });

  test("one that fails later ends the app", async () => {
    const call = `await fetch(sidecar + "/v1.0/crash").catch(() => {});`;
    write("crash.mjs", `${SIDECAR}\n${call}\n${WAITING_APP}`);
    const { code, stdout } = await run([...ECHO, ...NODE, "crash.mjs"], withDaprd()).ended;
    expect(stdout).toContain("The daprd process exited with error code: exit status 5");
    expect(code).toBe(1);
  });

  test("--no-daprd leaves it alone", async () => {
    const { code, stdout } = await run(["--no-daprd", ...ECHO, ...NODE, "stream.mjs"], withDaprd()).ended;
    expect(stdout).toContain("daprd is not to be used: the Sluice sidecar runs alone");
    expect([code, existsSync(join(folder, "record"))]).toEqual([0, false]);
  });
});

describe("sluice dapr run -f", () => {
  const FILE = `
version: 1
common:
  resourcesPath: components
  env: { COMPONENT: echo }
apps:
  - { appID: first, appDirPath: ., command: [${process.execPath}, stream.mjs] }
  - { appID: second, appDirPath: ., command: [${process.execPath}, stream.mjs, "6"], env: { COMPONENT: other } }
`;

  test("runs each app beside a sidecar of its own", async () => {
    write("dapr.yaml", FILE);
    write("components/other.yaml", `${component("other", "conversation.echo")}scopes: [second]\n`);
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

  test("one that cannot start ends the others", async () => {
    const { port, free } = await takenPort();
    const waiting = `[${process.execPath}, wait.mjs]`;
    write(
      "dapr.yaml",
      `version: 1\ncommon: {resourcesPath: components}\napps:\n- {appID: a, appDirPath: ., command: ${waiting}}\n- {appID: b, appDirPath: ., daprHTTPPort: ${port}}\n`,
    );
    const { code, stdout, stderr } = await run(["-f", "dapr.yaml"]).ended;
    free();
    expect(stdout).toContain("The App process exited with error code:");
    expect(stderr).toContain(`invalid configuration for HTTPPort. Port ${port} is not available`);
    expect(code).toBe(2);
  });
});

describe("sluice sidecar", () => {
  const PORTS = ["--dapr-http-port", "0", "--dapr-grpc-port", "0", "--metrics-port", "0"];
  const sidecar = (words: readonly string[], env?: Record<string, string>) => sluice(["sidecar", ...words], env);

  test("says where it listens and what it has, answers, and ends with 0 when it is told to", async () => {
    const { child, until, ended } = sidecar(["--resources-path", "components", "--app-id", "my-app", ...PORTS]);
    const [, port] = await until(/HTTP {5}http:\/\/127\.0\.0\.1:(\d+)/);
    const [, metrics] = await until(/metrics {2}(http\S+)/);
    const url = `http://127.0.0.1:${port}`;
    const body = JSON.stringify({ inputs: [{ content: "hello" }] });
    const answer = await fetch(`${url}/v1.0-alpha1/conversation/echo/converse`, { method: "POST", body });
    expect(await answer.json()).toEqual({ outputs: [{ result: "hello" }] });
    expect(await (await fetch(metrics ?? "")).text()).toContain('dapr_component_conversation_count{app_id="my-app"');
    child.kill("SIGTERM");
    const { code, stdout, stderr } = await ended;
    expect(stdout).toMatch(/^The sidecar of my-app listens\.\n/);
    expect(stdout).toContain("  echo     conversation.echo/v1\n");
    expect(stderr).toBe("info: Component loaded: echo (conversation.echo/v1)\n");
    expect(code).toBe(0);
  });

  test.each([
    ["debug", /^debug: echo: answered through alpha1 in \d+ ms$/m],
    ["error", /^$/],
  ])("logs as much as --log-level %s asks for, and ends when a client says so", async (level, logged) => {
    const words = ["--resources-path", "components", "--no-metrics", "--log-level", level, ...PORTS];
    const { until, ended } = sidecar(words);
    const [, port] = await until(/HTTP +http:\/\/127\.0\.0\.1:(\d+)/);
    const body = JSON.stringify({ inputs: [{ content: "hello" }] });
    await fetch(`http://127.0.0.1:${port}/v1.0-alpha1/conversation/echo/converse`, { method: "POST", body });
    await fetch(`http://127.0.0.1:${port}/v1.0/shutdown`, { method: "POST" });
    const { code, stdout, stderr } = await ended;
    expect(stderr).toMatch(logged);
    expect(stdout).not.toContain("metrics");
    expect(code).toBe(0);
  });

  test("--env-file puts values in the place of names", async () => {
    write("components/openai.yaml", component("openai", "conversation.openai", { key: "k", model: `\${MODEL}` }));
    write("variables", "MODEL=gpt-test\n");
    const { until } = sidecar(["--resources-path", "components", "--env-file", "variables", ...PORTS]);
    await until(/openai {3}conversation\.openai\/v1, gpt-test\n/);
  });
});
