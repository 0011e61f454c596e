import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type BuildOptions, build } from "esbuild";
import { afterAll, describe, expect, it } from "vitest";
import { runNode } from "../e2e/run.js";

const root = fileURLToPath(new URL("../..", import.meta.url));
const folder = mkdtempSync(join(root, "dist", ".bundles-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const { exports } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
const SUBPATHS = Object.keys(exports).filter((path) => exports[path].browser !== undefined);

async function bundled(contents: string, options: BuildOptions) {
  const { metafile, outputFiles, warnings } = await build({
    stdin: { contents, resolveDir: root },
    bundle: true,
    write: false,
    metafile: true,
    format: "esm",
    target: "es2022",
    logLevel: "silent",
    ...options,
  });
  return { inputs: Object.keys(metafile?.inputs ?? {}), text: outputFiles?.[0]?.text ?? "", warnings };
}

describe("bundles for browsers, without a flag and without anything of Node", () => {
  it("has an entry for each room that runs there", () => {
    expect(SUBPATHS).toEqual(
      expect.arrayContaining([".", "./stream", "./models", "./chat", "./tools", "./structured"]),
    );
  });

  it.each(SUBPATHS)("%s", async (subpath) => {
    const specifier = `sluice${subpath.slice(1)}`;
    // Node's own modules cannot be resolved for this platform: the build would fail.
    const { inputs, warnings } = await bundled(`export * from "${specifier}";`, { platform: "browser" });
    expect(warnings).toEqual([]);
    const packages = inputs.filter((path) => path.includes("node_modules"));
    expect(packages.filter((path) => !/node_modules\/(@opentelemetry\/api|yaml)\//.test(path))).toEqual([]);
    expect(inputs.filter((path) => path.includes("dist/chunks"))).toEqual([]);
  });

  it("needs no package for a model that is called", async () => {
    const { inputs } = await bundled('export { stream, Conversation, tool } from "sluice";', { platform: "browser" });
    expect(inputs.filter((path) => path.includes("node_modules"))).toEqual([]);
  });
});

describe("bundles for workers", () => {
  // What wrangler asks for: https://developers.cloudflare.com/workers/wrangler/bundling/
  it("with the conditions of wrangler", async () => {
    const conditions = ["workerd", "worker", "browser"];
    const { inputs } = await bundled('export { stream } from "sluice";', { conditions, platform: "neutral" });
    expect(inputs.some((path) => path.startsWith("dist/browser/"))).toBe(true);
  });
});

/** A page of code that asks a server of its own, in OpenAI's protocol. */
const ASKS = `import { createServer } from "node:http";
import { stream } from "sluice";
const frames = [{ id: "1", model: "m", choices: [{ delta: { content: "Hello there" }, finish_reason: "stop" }] }];
const server = createServer((_, response) => {
  response.writeHead(200, { "content-type": "text/event-stream" });
  response.end(frames.map((frame) => "data: " + JSON.stringify(frame) + "\\n\\n").join("") + "data: [DONE]\\n\\n");
});
server.listen(0, "127.0.0.1", async () => {
  const env = { OPENAI_API_KEY: "none", OPENAI_BASE_URL: "http://127.0.0.1:" + server.address().port + "/v1" };
  Object.assign(process.env, env);
  console.log(await stream("openai/gpt-4.1-mini", "Hi").fullText);
  process.exit();
});`;

describe("bundles for Node", () => {
  it.each([
    ["cjs", ""],
    // undici is CommonJS: in a bundle that is a module its calls of `require` fail, and `fetch` takes its place.
    ["esm", "undici cannot be loaded, so requests go through fetch"],
  ] as const)("with esbuild, as %s, and the bundle streams", async (format, warning) => {
    const { text } = await bundled(ASKS, { platform: "node", format, target: "node20" });
    const file = join(folder, format === "esm" ? "bundle.mjs" : "bundle.cjs");
    writeFileSync(file, text);
    const { stdout, stderr } = await runNode(file.slice(root.length), [], "");
    expect(stdout).toBe("Hello there\n");
    expect(stderr).toContain(warning);
  });
});

describe("bundles with Vite", () => {
  it("for browsers, and loads a protocol when it is called", async () => {
    const { build: viteBuild } = await import("vite");
    const entry = join(folder, "page.js");
    writeFileSync(
      entry,
      'import { stream } from "sluice";\nglobalThis.answer = stream("openai/gpt-4.1-mini", "Hi");\n',
    );
    const outDir = mkdtempSync(join(tmpdir(), "sluice-vite-"));
    try {
      const result = await viteBuild({
        root: folder,
        configFile: false,
        logLevel: "silent",
        build: { outDir, write: false, rollupOptions: { input: entry } },
      });
      const output = [result].flat().flatMap((one) => ("output" in one ? one.output : []));
      const names = output.map(({ fileName }) => fileName);
      expect(names.some((name) => /openai-chat-calling/.test(name))).toBe(true);
      expect(output.some((one) => one.type === "chunk" && /node:fs|externalized/.test(one.code))).toBe(false);
    } finally {
      rmSync(outDir, { recursive: true, force: true });
    }
  });
});
