import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";
import { DaprChatClient } from "../../src/dapr/client/dapr-chat-client.js";
import { startSidecar } from "../../src/dapr/sidecar/sidecar.js";
import { componentFile, PROTOCOLS } from "../support/dapr-world.js";
import { startFakeDaprd } from "../support/fake-daprd.js";
import { modelLaws } from "./model-laws.js";

const folder = mkdtempSync(join(tmpdir(), "sluice-dapr-laws-"));
writeFileSync(join(folder, "echo.yaml"), componentFile("echo"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

modelLaws("a Dapr component in this process", () => {
  const client = new DaprChatClient({ resourcesPath: folder, env: {}, loading: { echoPauseMs: 0 } });
  return { model: client.model() };
});
for (const protocol of PROTOCOLS) {
  modelLaws(`a Dapr component behind a sidecar, over ${protocol}`, async () => {
    const files = { appId: "app", resourcesPath: folder, echoPauseMs: 0, env: {} };
    const { httpPort, grpcPort, stop } = await startSidecar({ ...files, httpPort: 0, grpcPort: 0 });
    const client = new DaprChatClient({ httpPort, grpcPort, protocol, env: {} });
    return { model: client.model(), close: () => client.close().then(stop) };
  });
  modelLaws(`a Dapr component behind a plain daprd, over ${protocol}`, async () => {
    const { httpPort, grpcPort, stop } = await startFakeDaprd();
    const client = new DaprChatClient({ httpPort, grpcPort, protocol, env: {} });
    return { model: client.model("echo"), simulated: true, close: () => client.close().then(stop) };
  });
}
