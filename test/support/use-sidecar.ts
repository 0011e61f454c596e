import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Client, createClient } from "@connectrpc/connect";
import { createGrpcTransport } from "@connectrpc/connect-node";
import { afterEach, beforeEach } from "vitest";
import { Dapr } from "../../src/dapr/proto/generated/dapr/proto/runtime/v1/dapr_pb.js";
import { type Sidecar, type SidecarOptions, startSidecar } from "../../src/dapr/sidecar/sidecar.js";
import { useFolder } from "./use-folder.js";

const ECHO = `apiVersion: dapr.io/v1alpha1
kind: Component
metadata:
  name: echo
spec:
  type: conversation.echo
  version: v1
`;

/** A sidecar for each test that starts one, with the component `echo` and more that the test writes into its folder. */
export function useSidecar() {
  const folder = useFolder();
  let sidecar: Sidecar | undefined;
  beforeEach(() => writeFileSync(join(folder.path, "echo.yaml"), ECHO));
  afterEach(async () => {
    await sidecar?.stop();
    sidecar = undefined;
  });
  const running = (): Sidecar => {
    if (sidecar === undefined) throw new Error("no sidecar was started");
    return sidecar;
  };
  const url = (path: string) => `http://127.0.0.1:${running().httpPort}${path}`;
  return {
    folder,
    url,
    async start(options: Partial<SidecarOptions> = {}): Promise<Sidecar> {
      sidecar = await startSidecar({
        appId: "app",
        resourcesPath: folder.path,
        httpPort: 0,
        grpcPort: 0,
        echoPauseMs: 0,
        env: {},
        ...options,
      });
      return sidecar;
    },
    /** The one that this test has started. */
    running,
    /** A client of its gRPC API. */
    grpc: (): Client<typeof Dapr> =>
      createClient(Dapr, createGrpcTransport({ baseUrl: `http://127.0.0.1:${running().grpcPort}` })),
    /** Posts JSON, or a text as it is. */
    async post(path: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
      const text = typeof body === "string" ? body : JSON.stringify(body);
      return await fetch(url(path), { method: "POST", body: text, headers });
    },
  };
}
