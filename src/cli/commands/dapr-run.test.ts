import { existsSync, readdirSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { componentYaml, DaprWorkshop, withTakenPort } from "../../../test/support/dapr-workshop.js";
import { runInProcess } from "../../../test/support/run-in-process.js";

let workshop: DaprWorkshop;
let usualTemporary: string | undefined;
beforeEach(() => {
  workshop = new DaprWorkshop();
  usualTemporary = process.env.TMPDIR;
  process.env.TMPDIR = workshop.env.TMPDIR;
});
afterEach(() => {
  if (usualTemporary === undefined) delete process.env.TMPDIR;
  else process.env.TMPDIR = usualTemporary;
  workshop.remove();
});

/** Runs `sluice dapr run`; words that begin with `@` are paths in the workshop. */
function run(words: readonly string[], env: Record<string, string> = workshop.env, input = "") {
  const all = words.map((word) => (word.startsWith("@") ? workshop.path(word.slice(1)) : word));
  return runInProcess(["dapr", "run", ...all], env, input);
}

const ECHO = ["--app-id", "my-app", "--resources-path", "@components"];
const NODE = ["--", process.execPath];

describe("what cannot be run", () => {
  test.each([
    [["--resources-path", "@gone"], 2, 'error validating resources path "'],
    [[], 2, 'error validating resources path "'],
    [[...ECHO, "--", "no-such-program"], 3, "no-such-program cannot be started"],
    [[...ECHO, "-p", "http"], 2, '--app-port: found "http"'],
    [[...ECHO, "--env-file", "@gone"], 2, "--env-file: found"],
    [[...ECHO, "--unheard-of"], 2, "unknown option '--unheard-of'"],
    [["--run-file", "@", "-p", "1"], 2, "--app-port: found"],
    [["--run-file", "@", "--resources-path", "@components"], 2, "--resources-path: found"],
    [["--run-file", "@", "--", "node"], 2, 'command: found "node"; allowed: none beside --run-file'],
    [["--run-file", "@gone"], 2, "--run-file: found"],
    [["--run-file", "@"], 2, "a folder with a dapr.yaml"],
    [["--run-file", "-"], 2, "apps[0].appDirPath: required field"],
    [["--dev", "--", "no-such-program"], 3, "no-such-program cannot be started"],
  ])("%j ends with code %i and says why", async (words, code, why) => {
    const ended = await run(words, workshop.env, "version: 1\napps: [{appID: a}]");
    expect(ended.stderr).toContain(why);
    expect(ended.code).toBe(code);
    expect(workshop.temporary()).toEqual([]);
  });

  test.each([
    ["-H", "HTTPPort"],
    ["-G", "GRPCPort"],
    ["-M", "MetricsPort"],
  ])("a taken port is explained in the words of dapr run: %s", async (flag, name) => {
    await withTakenPort(async (port) => {
      const { code, stderr } = await run([...ECHO, flag, String(port)]);
      expect(stderr).toContain(`invalid configuration for ${name}. Port ${port} is not available`);
      expect(stderr).toMatch(/ {2}Another program .*: give another port, or none for a free one\.\n/);
      expect(code).toBe(2);
    });
  });

  test("a component that does not load ends the start in daprd's words", async () => {
    workshop.write("components/b.yaml", componentYaml("echo", "conversation.echo"));
    const { code, stderr } = await run([...ECHO, ...NODE, "@stream.mjs"]);
    expect(stderr).toContain("duplicate definition of Component name echo (conversation.echo/v1)");
    expect(code).toBe(2);
  });

  test("what has no effect is warned about", async () => {
    const flags = await run([...ECHO, "--app-max-concurrency", "2", "--app-ssl", "--", "no-such-program"]);
    expect(flags.stderr).toContain("warning: without daprd these have no effect: --app-max-concurrency, --app-ssl");
    workshop.write("dapr.yaml", "version: 1\napps:\n- {appDirPath: ., resourcesPath: gone, containerImage: x}\n");
    const file = await run(["-f", "@"]);
    const path = workshop.path("dapr.yaml");
    expect(file.stderr).toContain(`warning: ${path}: apps[0].containerImage is not used\n`);
  });
});

describe("an app that runs", () => {
  test("stands in the sidecar's metadata", async () => {
    // The first call may be too early: what the app prints last is what was known when it ended.
    const app = `const url = "http://127.0.0.1:" + process.env.DAPR_HTTP_PORT + "/v1.0/metadata";
      for (;;) {
        const { id, extended } = await (await fetch(url)).json();
        if (extended.appCommand === undefined) continue;
        console.log(id, extended.appPID === String(process.pid), extended.appCommand);
        break;
      }`;
    workshop.write("metadata.mjs", app);
    const { stdout } = await run([...ECHO, ...NODE, "@metadata.mjs"]);
    expect(stdout).toContain(`== APP == my-app true ${process.execPath} ${workshop.path("metadata.mjs")}\n`);
  });

  test("ends with its sidecar", async () => {
    const shutdown = `await fetch("http://127.0.0.1:" + process.env.DAPR_HTTP_PORT + "/v1.0/shutdown", { method: "POST" });`;
    workshop.write("shutdown.mjs", `import "./wait.mjs";\n${shutdown}`);
    const { code, stdout } = await run([...ECHO, ...NODE, "@shutdown.mjs"]);
    expect(stdout).toContain("== APP == got SIGTERM\n");
    expect(code).toBe(9);
  });

  test("of which another app cannot start is ended", async () => {
    await withTakenPort(async (port) => {
      const wait = `{appID: a, appDirPath: ., command: [${process.execPath}, wait.mjs]}`;
      const taken = `{appID: b, appDirPath: ., daprHTTPPort: ${port}}`;
      const common = "common: {resourcesPath: components}";
      workshop.write("dapr.yaml", `version: 1\n${common}\napps:\n- ${wait}\n- ${taken}\n`);
      const { code, stdout, stderr } = await run(["-f", "@"]);
      expect(stdout).toContain("The App process exited with error code:");
      expect(stderr).toContain(`b: invalid configuration for HTTPPort. Port ${port} is not available`);
      expect(code).toBe(2);
    });
  });

  test("leaves its logs in files where the run file wants it", async () => {
    const say = `{appID: a, appDirPath: ., appLogDestination: file, daprdLogDestination: fileAndConsole, command: [${process.execPath}, -e, "console.log(1); console.error(2)"]}`;
    workshop.write("dapr.yaml", `version: 1\ncommon: {resourcesPath: components}\napps:\n- ${say}\n`);
    const { code, stdout, stderr } = await run(["-f", "@"]);
    expect(code).toBe(0);
    const [app = "", daprd = ""] = readdirSync(workshop.path(".dapr/logs")).sort();
    expect([app, daprd]).toEqual([expect.stringMatching(/^a_app_\d{14}\.log$/), expect.stringMatching(/^a_daprd_/)]);
    expect(
      readFileSync(workshop.path(`.dapr/logs/${app}`), "utf8")
        .split("\n")
        .sort(),
    ).toEqual(["", "1", "2"]);
    expect(stdout + stderr).not.toContain("== APP ==");
    expect(stdout).toContain(`a: the app's logs are in ${workshop.path(`.dapr/logs/${app}`)}\n`);
    const loaded = "info: Component loaded: echo (conversation.echo/v1)\n";
    expect(readFileSync(workshop.path(`.dapr/logs/${daprd}`), "utf8")).toContain(loaded);
    expect(stderr).toContain(`== SIDECAR == ${loaded}`);
  });
});

describe("--dev", () => {
  test("has a component echo where there is none", async () => {
    const { code, stdout } = await run(["--dev", "--resources-path", "@gone", ...NODE, "@stream.mjs"]);
    expect(stdout).toContain('== APP == delta " three"');
    expect(code).toBe(0);
    expect(workshop.temporary()).toEqual([]);
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
    workshop.write("components/openai.yaml", componentYaml("openai", "conversation.openai", metadata));
    workshop.write("keys", `# keys\nOPENAI_API_KEY="sk-from-file-0123456789"\nWHERE=http://127.0.0.1:${port}\n`);
    const env = { ...workshop.env, COMPONENT: "openai", OPENAI_API_KEY: "sk-from-environment" };
    const { code, stdout, stderr } = await run(["--dev", "--env-file", "@keys", ...ECHO, ...NODE, "@stream.mjs"], env);
    server.close();
    expect(stdout).toContain("Keys of model providers: OPENAI_API_KEY\n");
    expect(stdout).toContain('== APP == delta "Hi"');
    expect(keys).toEqual(["Bearer sk-from-file-0123456789"]);
    expect(stderr).toContain(`components/openai.yaml: \${MODEL} is not set, and left as it is`);
    expect(stdout + stderr).not.toContain("sk-from");
    expect(code).toBe(0);
  });

  test("gives a daprd a copy with values", async () => {
    workshop.write("components/echo.yaml", componentYaml("echo", "conversation.echo", { note: `\${NOTE}` }));
    workshop.write("keys", "NOTE=seen\n");
    const { code } = await run(["--dev", "--env-file", "@keys", ...ECHO, "--", "true"], workshop.withDaprd());
    const [first] = workshop.recorded();
    expect(first?.files).toEqual([expect.stringContaining('"value": "seen"')]);
    expect(first?.words).not.toContain(workshop.path("components"));
    expect([code, workshop.temporary()]).toEqual([0, []]);
  });
});

describe("a daprd", () => {
  test("that ends before it is ready ends the start", async () => {
    const env = { ...workshop.withDaprd(), FAKE_DAPRD: "broken" };
    const { code, stdout, stderr } = await run([...ECHO, ...NODE, "@stream.mjs"], env);
    expect(stderr).toContain("== DAPR == fake daprd cannot start");
    expect(stderr).toContain("daprd ended with exit code 4 before it was ready");
    expect(stdout).not.toContain("== APP ==");
    expect(code).toBe(1);
  });

  test("that fails later ends the app", async () => {
    workshop.write("crash.mjs", `await import("./ask.mjs");\nawait import("./wait.mjs");`);
    const { code, stdout } = await run([...ECHO, ...NODE, "@crash.mjs", "GET", "/v1.0/crash"], workshop.withDaprd());
    expect(stdout).toContain("The daprd process exited with error code: exit status 5");
    expect(code).toBe(1);
  });

  test("is left alone with --no-daprd", async () => {
    const { code, stdout } = await run(["--no-daprd", ...ECHO, "--", "true"], workshop.withDaprd());
    expect(stdout).toContain("daprd is not to be used: the Sluice sidecar runs alone");
    expect([code, existsSync(workshop.env.RECORD)]).toEqual([0, false]);
  });
});
