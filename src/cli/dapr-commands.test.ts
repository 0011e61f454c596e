import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { runCli } from "./run-cli.js";

let folder = "";
let components = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "sluice-dapr-commands-"));
  components = join(folder, "components");
  mkdirSync(components);
  writeFileSync(join(components, "echo.yaml"), ECHO);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const ECHO =
  "apiVersion: dapr.io/v1alpha1\nkind: Component\nmetadata:\n  name: echo\nspec:\n  type: conversation.echo\n  version: v1\n";

/** Runs the command in this process; `COMPONENTS` and `GONE` in its words are folders. */
async function sluice(words: readonly string[], input = "") {
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
  const written = Promise.all([text(stdout), text(stderr)]);
  stdin.end(input);
  const io = { stdin, stdout, stderr, env: { PATH: "", HOME: folder }, onInterrupt: () => () => {} };
  const paths: Record<string, string> = { COMPONENTS: components, GONE: join(folder, "gone"), FOLDER: folder };
  const code = await runCli(
    words.map((word) => paths[word] ?? word),
    io,
    "0.0.0",
  );
  stdout.end();
  stderr.end();
  const [out, err] = await written;
  return { code, stdout: out, stderr: err };
}

async function withTakenPort(use: (port: number) => Promise<void>): Promise<void> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await use(typeof address === "object" && address !== null ? address.port : 0);
  server.close();
}

describe("sluice dapr run", () => {
  const COMPONENTS = ["--resources-path", "COMPONENTS"];

  test.each([
    [["--resources-path", "GONE"], 2, 'error validating resources path "'],
    [[], 2, 'error validating resources path "'],
    [[...COMPONENTS, "--", "no-such-program"], 3, "no-such-program cannot be started"],
    [[...COMPONENTS, "-p", "http"], 2, '--app-port: found "http"'],
    [[...COMPONENTS, "--env-file", "GONE"], 2, "--env-file: found"],
    [[...COMPONENTS, "--unheard-of"], 2, "unknown option '--unheard-of'"],
    [["--run-file", "FOLDER", "-p", "1"], 2, "--app-port: found"],
    [["--run-file", "FOLDER", "--", "node"], 2, 'command: found "node"; allowed: none beside --run-file'],
    [["--run-file", "GONE"], 2, "--run-file: found"],
    [["--run-file", "FOLDER"], 2, "a folder with a dapr.yaml"],
    [["--run-file", "-"], 2, "apps[0].appDirPath: required field"],
  ])("%j ends with code %i and says why", async (words, code, why) => {
    const ended = await sluice(["dapr", "run", ...words], "version: 1\napps: [{appID: a}]");
    expect(ended.stderr).toContain(why);
    expect(ended.code).toBe(code);
  });

  test.each([
    ["-H", "HTTPPort"],
    ["-G", "GRPCPort"],
    ["-M", "MetricsPort"],
  ])("a port that is taken is explained in the words of dapr run: %s", async (flag, name) => {
    await withTakenPort(async (port) => {
      const { code, stderr } = await sluice(["dapr", "run", ...COMPONENTS, flag, String(port)]);
      expect(stderr).toContain(`invalid configuration for ${name}. Port ${port} is not available`);
      expect(code).toBe(2);
    });
  });

  test("a component that does not load ends the start in daprd's words", async () => {
    writeFileSync(join(components, "b.yaml"), ECHO);
    const { code, stderr } = await sluice(["dapr", "run", ...COMPONENTS, "--", "node"]);
    expect(stderr).toContain("duplicate definition of Component name echo (conversation.echo/v1)");
    expect(code).toBe(2);
  });

  test("what only daprd can do is warned about", async () => {
    const words = ["dapr", "run", ...COMPONENTS, "--app-max-concurrency", "2", "--app-ssl", "--", "no-such-program"];
    const { stderr } = await sluice(words);
    expect(stderr).toContain(
      "== SIDECAR == warning: without daprd these have no effect: --app-max-concurrency, --app-ssl",
    );
  });

  test("fields of a run file that are not used are warned about", async () => {
    const path = join(folder, "dapr.yaml");
    writeFileSync(path, `version: 1\napps:\n- {appDirPath: ., resourcesPath: gone, appLogDestination: file}\n`);
    const { stderr } = await sluice(["dapr", "run", "-f", "FOLDER"]);
    expect(stderr).toContain(`warning: ${path}: apps[0].appLogDestination is not used\n`);
  });
});

describe("sluice sidecar", () => {
  const PORTS = ["--dapr-http-port", "0", "--dapr-grpc-port", "0", "--metrics-port", "0"];
  const COMPONENTS = ["--resources-path", "COMPONENTS", ...PORTS];

  test.each([
    [[], "--resources-path: found nothing"],
    [["--resources-path", "GONE"], "failed to load components: open "],
    [[...COMPONENTS, "--dapr-grpc-port", "x"], '--dapr-grpc-port: found "x"'],
    [[...COMPONENTS, "--metrics-port", "70000"], '--metrics-port: found "70000"'],
    [[...COMPONENTS, "--upstream", "localhost"], '--upstream: found "localhost"'],
    [[...COMPONENTS, "--upstream-grpc", "http://"], '--upstream-grpc: found "http://"'],
    [[...COMPONENTS, "--log-level", "loud"], '--log-level: found "loud"'],
    [[...COMPONENTS, "--max-body-size", "big"], '--max-body-size: found "big"'],
    [[...COMPONENTS, "--env-file", "GONE"], "--env-file: found"],
  ])("%j is refused", async (words, why) => {
    const { code, stdout, stderr } = await sluice(["sidecar", ...words]);
    expect(stderr).toContain(why);
    expect([code, stdout]).toEqual([2, ""]);
  });

  test.each([
    ["--dapr-http-port", "HTTP"],
    ["--dapr-grpc-port", "gRPC"],
    ["--metrics-port", "metrics"],
  ])("a port that is taken is explained, with what to do about it: %s", async (flag, name) => {
    await withTakenPort(async (port) => {
      const { code, stderr } = await sluice(["sidecar", ...COMPONENTS, flag, String(port)]);
      expect(stderr).toContain(`the ${name} port ${port} on 127.0.0.1 is not available`);
      expect(stderr).toContain(`Give another with ${flag}, or 0 for a free one.`);
      expect(code).toBe(2);
    });
  });
});

test("nothing temporary stays behind when a development run cannot start", async () => {
  const before = temporary();
  await sluice(["dapr", "run", "--dev", "--", "no-such-program"]);
  expect(temporary().filter((name) => !before.includes(name))).toEqual([]);
});

function temporary(): string[] {
  return readdirSync(tmpdir()).filter((name) => /^sluice-dapr-[^-]+$/.test(name));
}
