import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { DaprWorkshop } from "../support/dapr-workshop.js";
import { ROOT } from "./run.js";
import { type Started, startSluice } from "./start.js";

/** What each snippet of the guide prints, and the package that it needs. */
const SNIPPETS = [
  { needs: "dapr.clients", prints: "What is a sluice?\n" },
  { needs: "dapr_agents", prints: "What is a sluice?\n" },
  { needs: "json", prints: "What is a sluice?\nstop\n" },
] as const;

const python = spawnSync("python3", ["--version"]).status === 0 ? "python3" : undefined;
const has = (name: string) => python !== undefined && spawnSync(python, ["-c", `import ${name}`]).status === 0;

let workshop: DaprWorkshop;
let sidecar: Started;
let ports: Record<string, string>;

beforeAll(async () => {
  workshop = new DaprWorkshop();
  const free = ["--dapr-http-port", "0", "--dapr-grpc-port", "0", "--no-metrics"];
  sidecar = startSluice(["sidecar", "--resources-path", workshop.path("components"), ...free], { env: workshop.env });
  const [, http = ""] = await sidecar.until(/HTTP +http:\/\/127.0.0.1:(\d+)/);
  const [, grpc = ""] = await sidecar.until(/gRPC +http:\/\/127.0.0.1:(\d+)/);
  ports = { DAPR_HTTP_PORT: http, DAPR_GRPC_PORT: grpc };
});
afterAll(async () => {
  sidecar.child.kill("SIGTERM");
  await sidecar.ended;
  workshop.remove();
});

const page = readFileSync(join(ROOT, "docs", "dapr.md"), "utf8");
const snippets = Array.from(page.matchAll(/^```python\n([\s\S]*?)^```$/gm), ([, code = ""]) => code);

test("every Python snippet of the guide is tested", () => {
  expect(snippets).toHaveLength(SNIPPETS.length);
});

for (const [index, { needs, prints }] of SNIPPETS.entries()) {
  const missing = !has(needs);
  if (missing) process.stdout.write(`skipped: the Python snippet ${index + 1}: there is no python3 with ${needs}\n`);
  // The packages alone take many seconds to load.
  test.skipIf(missing)(
    `Python snippet ${index + 1} runs as it is printed`,
    () => {
      const env = { PATH: process.env.PATH, HOME: process.env.HOME, ...ports };
      const { status, stdout, stderr } = spawnSync(python ?? "", ["-c", snippets[index] ?? ""], {
        env,
        encoding: "utf8",
      });
      expect([status, stdout]).toEqual([0, prints]);
      expect(stderr).not.toContain("Traceback");
    },
    120_000,
  );
}
