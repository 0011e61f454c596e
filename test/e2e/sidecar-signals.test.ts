import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { type AddressInfo, createServer, type Server } from "node:net";
import { afterEach, beforeEach, expect, test } from "vitest";
import { DaprWorkshop } from "../support/dapr-workshop.js";
import { startSluice } from "./start.js";

let workshop: DaprWorkshop;
let silent: Server;
beforeEach(async () => {
  workshop = new DaprWorkshop();
  silent = createServer(() => {});
  await once(silent.listen(0, "127.0.0.1"), "listening");
});
afterEach(() => {
  silent.close();
  workshop.remove();
});

const PORTS = ["--dapr-http-port", "0", "--dapr-grpc-port", "0", "--no-metrics"];

test("one Ctrl-C ends a sidecar that waits for its store", async () => {
  const { port } = silent.address() as AddressInfo;
  const words = ["sidecar", "--resources-path", "components", ...PORTS, "--store", `redis://127.0.0.1:${port}`];
  const { child, ended } = startSluice(words, { folder: workshop.folder, env: workshop.env });
  const [socket] = await once(silent, "connection");
  child.kill("SIGINT");
  expect(await ended).toMatchObject({ code: 0 });
  socket.destroy();
});

test("a pipe among the resources is not waited for", async () => {
  execFileSync("mkfifo", [workshop.path("components/pipe.yaml")]);
  const words = ["sidecar", "--resources-path", "components", ...PORTS];
  const sidecar = startSluice(words, { folder: workshop.folder, env: workshop.env });
  await sidecar.until(/listens/);
  sidecar.child.kill("SIGTERM");
  const { code, stderr } = await sidecar.ended;
  expect(stderr).toContain("pipe.yaml is not a file");
  expect(code).toBe(0);
});
