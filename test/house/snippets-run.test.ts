import { execFile } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { transform } from "esbuild";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Sidecar, startSidecar } from "../../src/dapr/sidecar/sidecar.js";
import { BARE_ENV, ROOT } from "../e2e/run.js";
import { modulesOf, PAGES } from "./guide-snippets.js";
import { type StubServices, startStubServices } from "./stub-services.js";

/** Snippets that are only compiled, by page and number, and why they are not run. */
const NOT_RUN: Readonly<Record<string, Readonly<Record<number, string>>>> = {
  "docs/dapr.md": {
    2: "needs a daprd with a state store; test/stores/dapr-state-store.test.ts",
    3: "needs a daprd with a pub/sub component; src/dapr/pubsub",
  },
  "docs/events.md": { 3: "needs a model that calls the tool; test/laws/nested-streams.test.ts" },
  "docs/providers.md": { 1: "has a place to fill in instead of a key" },
  "docs/server.md": { 2: "needs Redis; test/runs" },
  "docs/speech.md": {
    5: "needs something that plays sound; test/speech/system-player.test.ts",
    6: "needs a microphone; examples/voice-chat.mjs",
  },
  "docs/workflow-engines.md": { 1: "needs PostgreSQL; test/workflows/engines.test.ts" },
};

let services: StubServices;
const folder = mkdtempSync(join(ROOT, "dist", ".snippets-run-"));
let sidecar: Sidecar;
beforeAll(async () => {
  services = await startStubServices();
  const resourcesPath = mkdtempSync(join(folder, "components-"));
  const spec = { type: "conversation.echo", version: "v1" };
  for (const name of ["openai", "echo"]) {
    const component = { apiVersion: "dapr.io/v1alpha1", kind: "Component", metadata: { name }, spec };
    writeFileSync(join(resourcesPath, `${name}.yaml`), JSON.stringify(component));
  }
  sidecar = await startSidecar({ appId: "guide", resourcesPath, httpPort: 0, grpcPort: 0 });
});
afterAll(async () => {
  await sidecar.stop();
  await services.close();
  rmSync(folder, { recursive: true, force: true });
});

interface Outcome {
  file: string;
  error?: string;
}

/** Runs the snippets of a page one after the other, in a process and a working folder of their own. */
async function run(page: string): Promise<Outcome[]> {
  const name = page.replace(/\W/g, "-");
  const modules = modulesOf(page, "values").entries();
  const files: string[] = [];
  for (const [index, code] of modules) {
    if (NOT_RUN[page]?.[index + 1] !== undefined) continue;
    const file = join(folder, `${name}-${index + 1}.mjs`);
    // Hosts that are only there as examples are the stub.
    const { code: script } = await transform(code.replace(/https:\/\/[\w.-]*example(\.com)?(?=[/"`])/g, services.url), {
      loader: "ts",
      format: "esm",
    });
    writeFileSync(file, script);
    files.push(file);
  }
  const work = mkdtempSync(join(tmpdir(), "sluice-snippets-"));
  try {
    symlinkSync(join(ROOT, "examples"), join(work, "examples"));
    cpSync(join(ROOT, "test", "house", "snippet-files"), work, { recursive: true });
    const outcomes = join(work, "outcomes.json");
    const dapr = { DAPR_HTTP_PORT: String(sidecar.httpPort), DAPR_GRPC_PORT: String(sidecar.grpcPort) };
    const env = { ...BARE_ENV, ...services.env, ...dapr, HOME: work, TMPDIR: work, SLUICE_DATA: work };
    mkdirSync(join(work, "output"), { recursive: true });
    const said = await new Promise<string>((resolve) => {
      const script = join(ROOT, "test", "house", "run-snippets.mjs");
      const args = [script, outcomes, ...files];
      execFile(process.execPath, args, { cwd: work, env, timeout: 240_000, maxBuffer: 1e8 }, (_, stdout, stderr) =>
        resolve(stdout.slice(-2_000) + stderr.slice(-2_000)),
      );
    });
    try {
      return JSON.parse(readFileSync(outcomes, "utf8"));
    } catch {
      return [{ file: page, error: `the process ended: ${said}` }];
    }
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

describe("the snippets of the guides run", () => {
  test.concurrent.each(PAGES.filter((page) => modulesOf(page, "values").length > 0))("%s", async (page) => {
    const outcomes = await run(page);
    const skipped = Object.keys(NOT_RUN[page] ?? {}).length;
    expect(outcomes.length + skipped).toBe(modulesOf(page, "values").length);
    expect(outcomes.filter(({ error }) => error !== undefined)).toEqual([]);
  });
});
