import { execFile } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { isBuiltin } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { parseAst } from "rolldown/parseAst";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { BARE_ENV, ROOT } from "./run.js";

const folder = mkdtempSync(join(tmpdir(), "sluice-package-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What npm says where there is no way to its registry. */
const OFFLINE = /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|ENETUNREACH|ENOTCACHED|ECONNRESET/;

function run(command: string, args: string[], cwd: string, env: NodeJS.ProcessEnv = process.env) {
  return new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
    execFile(command, args, { cwd, env, maxBuffer: 1e8 }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code ?? 1), stdout, stderr });
    });
  });
}

interface Packed {
  filename: string;
  files: { path: string; size: number }[];
}

/** What a module needs when it is loaded. What it loads later is held in `test/house/peers.test.ts`. */
function importsOf(code: string): string[] {
  return parseAst(code).body.flatMap((one) => ("source" in one && one.source !== null ? [one.source.value] : []));
}

let packed: Packed;
beforeAll(async () => {
  // It is built already; its scripts would build it again.
  const { stdout, stderr } = await run(
    "npm",
    ["pack", "--json", "--ignore-scripts", "--pack-destination", folder],
    ROOT,
  );
  const all: Packed[] = JSON.parse(stdout);
  const [first] = all;
  if (first === undefined) throw new Error(`npm pack packed nothing: ${stderr}`);
  packed = first;
});

describe("the tarball", () => {
  test("has no source maps, no tests and no binaries", () => {
    const paths = packed.files.map(({ path }) => path);
    expect(paths).toContain("dist/index.js");
    expect(paths.filter((path) => /\.(map|node|so|dll|dylib)$|\.test\./.test(path))).toEqual([]);
  });

  test("imports only what it holds, its dependencies, and packages that it names", () => {
    const { name: own, dependencies, peerDependencies } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
    const named = new Set([own, ...Object.keys({ ...dependencies, ...peerDependencies })]);
    const code = packed.files.filter(({ path }) => /^dist\/(?!web\/).*\.js$/.test(path));
    const unnamed = code.flatMap(({ path }) =>
      importsOf(readFileSync(join(ROOT, path), "utf8"))
        .filter((one) => !one.startsWith(".") && !isBuiltin(one))
        .filter((one) => !named.has(one.split("/", one.startsWith("@") ? 2 : 1).join("/")))
        .map((one) => `${path} imports ${one}`),
    );
    expect(code.length).toBeGreaterThan(100);
    expect(unnamed).toEqual([]);
  });

  test("holds every file that its pages link to", () => {
    const paths = new Set(packed.files.map(({ path }) => path));
    const folders = new Set([...paths].map((path) => dirname(path)));
    const missing: string[] = [];
    const seen = new Set(["README.md"]);
    for (const page of seen) {
      const text = readFileSync(join(ROOT, page), "utf8")
        .replace(/^```[\s\S]*?^```$/gm, "")
        .replace(/`[^`\n]*`/g, "");
      for (const [, link = ""] of text.matchAll(/\]\(([^)\s#]+)[^)]*\)/g)) {
        if (/^[a-z]+:/.test(link)) continue;
        const target = relative(ROOT, join(ROOT, dirname(page), link));
        if (!paths.has(target) && !folders.has(target)) missing.push(`${page}: ${link}`);
        else if (target.endsWith(".md")) seen.add(target);
      }
    }
    expect(seen.size).toBeGreaterThan(15);
    expect(missing).toEqual([]);
  });
});

describe("installed into an empty folder", () => {
  const project = join(folder, "project");
  let offline: string | undefined;

  beforeAll(async () => {
    mkdirSync(project);
    writeFileSync(join(project, "package.json"), '{ "private": true, "type": "module" }\n');
    const flags = ["--no-audit", "--no-fund", "--prefer-offline", "--fetch-retries=0"];
    const { code, stderr } = await run("npm", ["install", ...flags, join(folder, packed.filename)], project);
    if (code === 0) return;
    if (!OFFLINE.test(stderr)) throw new Error(stderr);
    offline = `npm's registry cannot be reached: ${stderr.split("\n")[0]}`;
  });

  test("brings at most 12 packages and 12 MB, and nothing native", ({ skip }) => {
    if (offline !== undefined) return skip(offline);
    const modules = join(project, "node_modules");
    const { packages } = JSON.parse(readFileSync(join(modules, ".package-lock.json"), "utf8"));
    expect(Object.keys(packages).length).toBeLessThanOrEqual(12);
    const files = readdirSync(modules, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    const bytes = files.reduce((sum, { parentPath, name }) => sum + statSync(join(parentPath, name)).size, 0);
    expect(bytes).toBeGreaterThan(1e6);
    expect(bytes).toBeLessThan(12e6);
    expect(files.filter(({ name }) => /\.(node|so|dll|dylib)$/.test(name))).toEqual([]);
  });

  test("streams in three lines", async ({ skip }) => {
    if (offline !== undefined) return skip(offline);
    const lines = `import { stream } from "sluice";
for await (const text of stream("echo", "Hello there").text) process.stdout.write(text);
console.log();
`;
    writeFileSync(join(project, "three.js"), lines);
    const { code, stdout, stderr } = await run(process.execPath, ["three.js"], project, BARE_ENV);
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: "Hello there\n", stderr: "" });
  });

  test("has types that need nothing else, checked with their imports", async ({ skip }) => {
    if (offline !== undefined) return skip(offline);
    writeFileSync(
      join(project, "three.ts"),
      `import { type ChatEvent, Conversation, stream, tool } from "sluice";
const events: AsyncIterable<ChatEvent> = stream("echo", "Hello");
export { Conversation, events, tool };
`,
    );
    const tsc = join(ROOT, "node_modules", "typescript", "bin", "tsc");
    const flags = [
      "--strict",
      "--noEmit",
      "--module",
      "nodenext",
      "--target",
      "es2022",
      "--lib",
      "es2023,dom,dom.asynciterable",
    ];
    const { stdout } = await run(process.execPath, [tsc, ...flags, "--types", "", "three.ts"], project);
    expect(stdout).toBe("");
  });

  test.for([
    [
      "sluice/dapr",
      "m",
      "sluice/dapr needs the package @bufbuild/protobuf, which is not installed: npm install @bufbuild/protobuf@2 @connectrpc/connect@2 @connectrpc/connect-node@2",
    ],
    [
      "sluice/server",
      'await m.createServer({ models: { echo: "echo" } })',
      "the server needs the package hono, which is not installed: npm install hono@4",
    ],
    [
      "sluice/tools",
      'const s = m.mcpTools({ command: "true" }); await s.tools()',
      "tools of MCP servers needs the package @modelcontextprotocol/sdk, which is not installed: npm install @modelcontextprotocol/sdk@1",
    ],
  ])("%s says what to install", async ([subpath, use, message], { skip }) => {
    if (offline !== undefined) return skip(offline);
    const code = `try { const m = await import("${subpath}"); ${use}; } catch (e) { console.log(e.code, e.name, e.message); }`;
    const { stdout } = await run(process.execPath, ["--input-type=module", "-e", code], project, BARE_ENV);
    expect(stdout).toContain("unsupported SluiceError");
    expect(stdout).toContain(message);
  });

  test("its command names the package that brings the rest", async ({ skip }) => {
    if (offline !== undefined) return skip(offline);
    const { code, stderr } = await run(join(project, "node_modules/.bin/sluice"), ["models"], project, BARE_ENV);
    expect(code).toBe(1);
    expect(stderr).toContain(
      "the command needs the package commander, which is not installed: npm install commander@14",
    );
    expect(stderr).toContain("npm install -g sluice-app");
  });

  test("a package of the wrong version is said", async ({ skip }) => {
    if (offline !== undefined) return skip(offline);
    const hono = join(project, "node_modules", "hono");
    mkdirSync(hono);
    writeFileSync(join(hono, "package.json"), '{ "name": "hono", "version": "3.12.7", "main": "index.js" }\n');
    writeFileSync(join(hono, "index.js"), "exports.Hono = class {};\n");
    const code = `const m = await import("sluice/server"); await m.createServer({ models: { echo: "echo" } }).catch((e) => console.log(e.message));`;
    const { stdout } = await run(process.execPath, ["--input-type=module", "-e", code], project, BARE_ENV);
    expect(stdout).toBe("the server needs hono ^4.0.0, and 3.12.7 is installed: npm install hono@4\n");
  });

  test("the command of sluice-app is the library's", async ({ skip }) => {
    if (offline !== undefined) return skip(offline);
    const app = join(project, "node_modules", "sluice-app");
    cpSync(join(ROOT, "app"), app, { recursive: true });
    const { stderr } = await run(process.execPath, [join(app, "bin/sluice.mjs"), "--version"], project, BARE_ENV);
    // Its own dependencies are not installed here.
    expect(stderr).toContain("commander");
  });
});
