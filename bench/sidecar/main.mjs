// A sidecar in a process of its own, before the replay server: sends its parent its ports, then its CPU time when asked.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startSidecar } from "sluice/dapr";
import { MODEL } from "../request.mjs";

const server = process.argv[2] ?? "";
const folder = mkdtempSync(join(tmpdir(), "sluice-bench-"));
for (const mode of ["coalesced", "short"]) {
  const metadata = [
    { name: "key", value: "none" },
    { name: "model", value: MODEL },
    { name: "endpoint", value: `${server}/${mode}/v1` },
  ];
  const component = {
    apiVersion: "dapr.io/v1alpha1",
    kind: "Component",
    metadata: { name: mode },
    spec: { type: "conversation.openai", version: "v1", metadata },
  };
  // JSON is YAML.
  writeFileSync(join(folder, `${mode}.yaml`), JSON.stringify(component));
}

const { httpPort, grpcPort } = await startSidecar({
  appId: "bench",
  resourcesPath: folder,
  httpPort: 0,
  grpcPort: 0,
  env: {},
});
rmSync(folder, { recursive: true });
process.send?.({ http: `http://127.0.0.1:${httpPort}`, grpc: `http://127.0.0.1:${grpcPort}` });
process.on("message", () => {
  const { user, system } = process.cpuUsage();
  process.send?.(user + system);
});
process.on("disconnect", () => process.exit());
