import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { JsonObject, JsonValue } from "../../src/base/json.js";
import { checkWorkflow, loadWorkflow } from "../../src/workflows/workflow.js";
import { asking, play, problems } from "./play.js";

let root: string;
let folder: string;
let server: Server;
let origin: string;
const asked: string[] = [];
/** Paths, and the key that came with each. */
const keys: string[] = [];
beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), "sluice-hostile-"));
  folder = join(root, "run");
  mkdirSync(folder);
  writeFileSync(join(root, "secret.txt"), "secret");
  symlinkSync(root, join(folder, "link"));
  server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url} ${request.headers.authorization ?? ""}`);
    keys.push(`${request.url} ${request.headers["x-my-key"]}`);
    if (request.url === "/other")
      response.writeHead(302, { location: `${origin.replace("127.0.0.1", "localhost")}/there` }).end();
    else if (request.url === "/same") response.writeHead(302, { location: "/there" }).end();
    else if (request.url === "/away") response.writeHead(302, { location: "http://10.0.0.1/" }).end();
    else if (request.url === "/large") response.end("x".repeat(20_000));
    else if (request.url === "/missing")
      response.writeHead(404, { "content-type": "application/json" }).end('{"error":1}');
    else response.writeHead(200, { "content-type": "application/json" }).end(`{"method":"${request.method}"}`);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  await new Promise((resolve) => server.close(resolve));
  rmSync(root, { recursive: true, force: true });
});

describe("files stay below the run's folder", () => {
  test.each([
    "..\\..\\secret.txt",
    "//etc/passwd",

    "../secret.txt",
    "link/secret.txt",
    "a/../../secret.txt",
    "/etc/passwd",
    "a\u0000b",
  ])("%j", async (path) => {
    const read = { id: "a", type: "document_processing", inputs: { file_path: path } };
    await expect(play([read], { services: { folder } })).rejects.toMatchObject({
      code: expect.stringMatching(/^(?:permission|invalid-argument)$/),
    });
    const write = { id: "a", type: "file_output", config: { file_path: path }, inputs: { content: "x" } };
    await expect(play([write], { services: { folder } })).rejects.toMatchObject({
      code: expect.stringMatching(/^(?:permission|invalid-argument)$/),
    });
    expect(readFileSync(join(root, "secret.txt"), "utf8")).toBe("secret");
  });

  test.each(["\\\\server\\share\\x", "C:\\x", "file:///etc/passwd", "%2e%2e/secret.txt", "~/x"])(
    "%j is a name below it, where the system has no other meaning for it",
    async (path) => {
      const read = { id: "a", type: "document_processing", inputs: { file_path: path } };
      await expect(play([read], { services: { folder } })).rejects.toMatchObject({
        code: expect.stringMatching(/^(?:not-found|permission)$/),
      });
    },
  );

  test("others are allowed by name", async () => {
    const read = { id: "a", type: "document_processing", inputs: { file_path: "../secret.txt" } };
    const { output } = await play([read], { services: { folder, folders: [root] } });
    expect(output).toBe("secret");
  });

  test("a cell of a table is no formula", async () => {
    const write = {
      id: "a",
      type: "file_output",
      config: { file_path: "t.csv" },
      inputs: { content: [{ a: "=1+1", b: 'say "x", y' }] },
    };
    await play([write], { services: { folder } });
    expect(readFileSync(join(folder, "t.csv"), "utf8")).toBe('a,b\r\n\'=1+1,"say ""x"", y"\r\n');
  });
});

describe("requests go to public addresses only", () => {
  const request = (url: string, config: JsonObject = {}, inputs: JsonObject = {}): JsonValue => [
    { id: "a", type: "http_request", config: { max_retries: 0, ...config }, inputs: { url, ...inputs } },
  ];

  test.each([
    "http://127.0.0.1/",
    "http://localhost/",
    "http://[::1]/",
    "http://[::ffff:127.0.0.1]/",
    "http://169.254.169.254/latest/meta-data/",
    "http://10.1.2.3/",
    "http://0x7f000001/",
    "http://2130706433/",
    "http://192.168.0.1/",
    "http://[fd00::1]/",
    "http://100.64.0.1/",
    "http://0177.0.0.1/",
    "http://127.1/",
    "http://0/",
    "http://0.0.0.0:80/",
    "http://[::]/",
    "http://[::127.0.0.1]/",
    "http://[64:ff9b::7f00:1]/",
    "http://[2002:7f00:1::]/",
    "http://[fe80::1]/",
    "http://[ff02::1]/",
    "http://192.0.0.8/",
    "http://198.18.0.1/",
    "http://224.0.0.1/",
    "http://255.255.255.255/",
    "http://LOCALHOST./",
    "http://a.localhost/",
    "http://①②⑦.⓪.⓪.①/",
    "http://example.com@127.0.0.1/",
  ])("%s", async (url) => {
    await expect(play(request(url))).rejects.toMatchObject({ code: "permission" });
  });

  test("not by a redirect either, nor past a list of hosts", async () => {
    const services = { http: { allowPrivate: ["127.0.0.1"] } };
    await expect(play(request(`${origin}/away`), { services })).rejects.toMatchObject({ code: "permission" });
    const hosts = { http: { allowPrivate: true as const, hosts: ["example.com"] } };
    await expect(play(request(`${origin}/`), { services: hosts })).rejects.toMatchObject({ code: "permission" });
    await expect(play(request("file:///etc/passwd"))).rejects.toMatchObject({ code: "invalid-argument" });
  });

  test("a secret under a name of its author's own does not go to another host", async () => {
    const services = { http: { allowPrivate: true as const }, credentials: { API_KEY: "k" } };
    const config = { auth_type: "api_key", auth_credentials: { api_key: "k", header_name: "X-My-Key" } };
    keys.length = 0;
    await play(request(`${origin}/other`, config), { services });
    await play(request(`${origin}/same`, config), { services });
    expect(keys).toEqual(["/other k", "/there undefined", "/same k", "/there k"]);
  });

  test("an answer has a bound, a status is a result, a secret comes from the run alone", async () => {
    const http = { allowPrivate: true as const, maxBytes: 1_000 };
    await expect(play(request(`${origin}/large`), { services: { http } })).rejects.toMatchObject({
      code: "frame-too-large",
    });
    const { results } = await play(request(`${origin}/missing`), { services: { http } });
    expect(results.a).toMatchObject({ success: false, status_code: 404, is_client_error: true, json: { error: 1 } });
    await expect(play(request(`${origin}/`, { auth_type: "bearer" }), { services: { http } })).rejects.toMatchObject({
      code: "missing-key",
    });
    await play(request(`${origin}/auth`, { auth_type: "bearer" }), { services: { http, credentials: { TOKEN: "t" } } });
    expect(asked).toContain("GET /auth Bearer t");
    const posted = await play(request(`${origin}/p`, { method: "POST" }, { json_data: { a: 1 } }), {
      services: { http },
    });
    expect(posted.results.a).toMatchObject({ json: { method: "POST" } });
    const twice = request(`${origin}/`, {}, { json_data: 1, data: 2 });
    await expect(play(twice, { services: { http } })).rejects.toThrow(/Only one of json_data, form_data, or data/);
  });

  test("no answer is a result where the workflow looks at it", async () => {
    const steps = [
      {
        id: "a",
        type: "http_request",
        config: { max_retries: 0 },
        inputs: { url: "http://127.0.0.1:9/" },
        outputs: ["success", "error"],
      },
    ];
    const { results } = await play(steps, { services: { http: { allowPrivate: true } } });
    expect(results.a).toMatchObject({ success: false, status_code: null, error_type: "connect-failed" });
  });
});

describe("code", () => {
  const code =
    "def add(a, b):\n    import os\n    print('noise')\n    return {'sum': a + b, 'home': os.environ.get('SLUICE_TEST')}";
  const python = { id: "a", type: "python_function", config: { function_code: code }, inputs: { a: 1, b: 2 } };

  test("of Python is refused unless it is allowed, and sees no environment", async () => {
    await expect(play([python])).rejects.toMatchObject({ code: "permission" });
    process.env.SLUICE_TEST = "secret";
    const { results } = await play([python], { services: { python: true } });
    delete process.env.SLUICE_TEST;
    expect(results.a).toMatchObject({ sum: 3, home: null, success: true, function_name: "add" });
  });

  test("that fails or runs on is an error with its own words", async () => {
    const run = (function_code: string, timeoutMs: number) =>
      play([{ ...python, config: { function_code }, inputs: {} }], { services: { python: { timeoutMs } } });
    await expect(run("def f():\n    raise ValueError('no')", 600_000)).rejects.toThrow(
      "step a (python_function): ValueError: no",
    );
    await expect(run("def f():\n    while True: pass", 1_000)).rejects.toMatchObject({ code: "total-timeout" });
  });

  test.each([
    "{% for i in (1..100000000) %}{% for j in (1..100000000) %}x{% endfor %}{% endfor %}",
    '{% assign a = "xxxxxxxxxxxxxxxxxxxx" %}{% for i in (1..200) %}{% assign a = a | append: a %}{% endfor %}{{ a }}',
    "{% include 'secret.txt' %}",
    "{% render 'secret.txt' %}",
  ])("a template that is a bomb, or reads files: %s", async (message) => {
    await expect(play([{ id: "a", type: "llm_chat", inputs: { message } }])).rejects.toMatchObject({
      code: "invalid-argument",
    });
  });

  test.each(["x.matches('(a+)+$')", "x.matches('(a|aa)+$')", "x.matches('(.*)*b')"])(
    "a condition whose pattern takes for ever is ended: %s",
    async (condition) => {
      const steps = [{ id: "a", type: "output", condition, inputs: { y: 1 } }];
      const run = play(steps, { inputs: { x: `${"a".repeat(40)}!` }, ...{ variables: { x: "" } } });
      await expect(run).rejects.toThrow(/the pattern .* takes more than \d+ ms/);
    },
  );

  test("a condition with a pattern in a text, and one that is nested too deeply", async () => {
    const steps = (condition: string) => [{ id: "a", type: "output", condition, inputs: { y: 1 } }];
    const more = { inputs: { x: "a.matches(b" }, ...{ variables: { x: "" } } };
    expect((await play(steps("x == 'a.matches(b' && x.matches('^a')"), more)).output).toEqual({ y: 1 });
    const [deep] = await problems(steps("(".repeat(20_000)));
    expect(deep).toMatchObject({ code: "bad-condition", message: "the condition is nested too deeply" });
  });

  test("names of prototypes are names", async () => {
    const steps = [
      { id: "constructor", type: "input", config: { value: "x" }, outputs: ["toString"] },
      {
        id: "out",
        type: "output",
        inputs: { a: "{toString}", b: { from_step: "constructor", field: "__proto__", optional: true } },
      },
    ];
    expect((await play(steps)).output).toEqual({ a: "x", b: null });
    const text = '{"steps": [{"id": "a", "type": "output", "inputs": {"__proto__": {"polluted": 1}, "x": 1}}]}';
    const { output } = await (await loadWorkflow(text)).run().result;
    expect([output, Reflect.get({}, "polluted")]).toEqual([{ x: 1 }, undefined]);
  });
});

describe("size", () => {
  test("names that are none exactly, thousands of them, are not compared for ever; nor are aliases unfolded", async () => {
    const unclear = Array.from({ length: 3_000 }, (_, at) => ({
      id: `step_${at}`,
      type: "llm_chat",
      inputs: { message: `{word_${at}_of_many}` },
    }));
    const { diagnostics } = await checkWorkflow({ steps: unclear });
    expect(diagnostics.filter(({ code }) => code.startsWith("implied")).length).toBeGreaterThanOrEqual(2_900);
    const levels = Array.from({ length: 9 }, (_, at) => `a${at + 1}: &a${at + 1} [${`*a${at},`.repeat(9)}]`);
    const bomb = await checkWorkflow(`a0: &a0 [x]\n${levels.join("\n")}\nsteps: *a9`);
    expect(bomb.diagnostics).toMatchObject([{ code: "not-json", message: expect.stringContaining("alias") }]);
    const circle = await checkWorkflow("a: &a\n  b: *a\nsteps: [{id: x, type: output, inputs: *a}]");
    expect(circle.diagnostics).toMatchObject([{ code: "not-json" }]);
  });

  test("workflows that call themselves, and bodies in bodies, come to an end", async () => {
    const services = {
      workflows: { self: { steps: [{ id: "again", type: "workflow", config: { workflow: "self" } }] } },
    };
    await expect(play([{ id: "a", type: "workflow", config: { workflow: "self" } }], { services })).rejects.toThrow(
      /more than 5 deep/,
    );
    let body: JsonValue = [{ id: "x", type: "output" }];
    for (let depth = 0; depth < 30; depth++)
      body = [{ id: `l${depth}`, type: "loop", config: { loop_body: body }, inputs: { items: [1] } }];
    expect(await problems(body)).toContainEqual(expect.objectContaining({ code: "not-allowed" }));
  });

  test("a thousand items run no more at once than they may, and a long chain is no deep stack", async () => {
    let running = 0;
    let most = 0;
    const work = async () => {
      most = Math.max(most, ++running);
      await new Promise((resolve) => setImmediate(resolve));
      running--;
    };
    const body = [{ id: "w", type: "function", config: { function: "work" } }];
    const items = Array.from({ length: 1_000 }, (_, index) => index);
    await play([{ id: "m", type: "map", config: { loop_body: body, concurrency: 500 }, inputs: { items } }], {
      services: { functions: { work } },
    });
    expect(most).toBeLessThanOrEqual(16);
    const chain = items.map(
      (index): JsonObject => ({
        id: `s${index}`,
        type: "function",
        config: { function: "id" },
        inputs: index === 0 ? {} : { before: { from_step: `s${index - 1}` } },
        ...(index === 0 && { condition: "1 == 2" }),
      }),
    );
    const { results } = await play(chain, { services: { functions: { id: () => 1 } } });
    expect(results).toEqual({});
  });

  test("a limit of a group that is smaller than the group does not block", async () => {
    const steps = Array.from({ length: 4 }, (_, index) => ({
      id: `c${index}`,
      type: "llm_chat",
      inputs: { message: "x" },
    }));
    const config = { parallelization: { max_concurrent_llm: 1, max_concurrent_steps: 2 } };
    expect(Object.keys((await play(steps, { config })).results)).toHaveLength(4);
  });

  test("a document of millions of characters is refused before it is parsed", async () => {
    await expect(loadWorkflow(" ".repeat(6_000_000))).rejects.toThrow(/at most 5000000/);
    expect(existsSync(join(folder, "output"))).toBe(false);
  });
});

test("a model that is asked with an empty message is not asked", async () => {
  const questions: string[] = [];
  const steps = [{ id: "a", type: "llm_chat", inputs: { message: "  " } }];
  await expect(play(steps, { services: { models: { "*": asking(questions) } } })).rejects.toThrow(
    /the message is empty/,
  );
  expect(questions).toEqual([]);
});
