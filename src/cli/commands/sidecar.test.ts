import { afterEach, beforeEach, expect, test } from "vitest";
import { DaprWorkshop, withTakenPort } from "../../../test/support/dapr-workshop.js";
import { runInProcess } from "../../../test/support/run-in-process.js";

let workshop: DaprWorkshop;
beforeEach(() => {
  workshop = new DaprWorkshop();
});
afterEach(() => workshop.remove());

/** Runs `sluice sidecar`; words that begin with `@` are paths in the workshop. */
function sidecar(words: readonly string[]) {
  const all = words.map((word) => (word.startsWith("@") ? workshop.path(word.slice(1)) : word));
  return runInProcess(["sidecar", ...all], workshop.env);
}

const PORTS = ["--dapr-http-port", "0", "--dapr-grpc-port", "0", "--metrics-port", "0"];
const COMPONENTS = ["--resources-path", "@components", ...PORTS];

test.each([
  [[], "--resources-path is missing"],
  [["--resources-path", "@gone"], "failed to load components: open "],
  [[...COMPONENTS, "--dapr-grpc-port", "x"], '--dapr-grpc-port: found "x"'],
  [[...COMPONENTS, "--metrics-port", "70000"], '--metrics-port: found "70000"'],
  [[...COMPONENTS, "--upstream", "localhost"], '--upstream: found "localhost"'],
  [[...COMPONENTS, "--upstream-grpc", "http://"], '--upstream-grpc: found "http://"'],
  [[...COMPONENTS, "--log-level", "loud"], '--log-level: found "loud"'],
  [[...COMPONENTS, "--max-body-size", "big"], '--max-body-size: found "big"'],
  [[...COMPONENTS, "--env-file", "@gone"], "--env-file: found"],
])("%j is refused", async (words, why) => {
  const { code, stdout, stderr } = await sidecar(words);
  expect(stderr).toContain(why);
  expect([code, stdout]).toEqual([2, ""]);
});

test.each([
  ["--dapr-http-port", "HTTP"],
  ["--dapr-grpc-port", "gRPC"],
  ["--metrics-port", "metrics"],
])("a taken port is explained, with what to do about it: %s", async (flag, name) => {
  await withTakenPort(async (port) => {
    const { code, stderr } = await sidecar([...COMPONENTS, flag, String(port)]);
    expect(stderr).toContain(`the ${name} port ${port} on 127.0.0.1 is not available`);
    expect(stderr).toContain(`Give another with ${flag}, or 0 for a free one.`);
    expect(code).toBe(2);
  });
});
