import { delimiter } from "node:path";
import { expect, it } from "vitest";
import { findDaprd } from "./find-daprd.js";

const env = { PATH: ["/bin", "/opt/dapr"].join(delimiter), HOME: "/home/me" };

function find(there: readonly string[], more: { runtimePath?: string; variable?: string } = {}) {
  const { runtimePath, variable } = more;
  return findDaprd({
    env: { ...env, ...(variable && { DAPR_RUNTIME_PATH: variable }) },
    ...(runtimePath && { runtimePath }),
    isExecutable: (path) => there.includes(path),
    platform: "linux",
  });
}

it("is found on PATH, then where dapr init puts it", () => {
  const home = "/home/me/.dapr/bin/daprd";
  expect(find([home, "/opt/dapr/daprd"])).toBe("/opt/dapr/daprd");
  expect(find([home])).toBe(home);
  expect(find([])).toBeUndefined();
});

it("is looked for first in the runtime path that was given", () => {
  const all = ["/opt/dapr/daprd", "/x/.dapr/bin/daprd", "/y/.dapr/bin/daprd"];
  expect(find(all, { runtimePath: "/x", variable: "/y" })).toBe("/x/.dapr/bin/daprd");
  expect(find(all, { variable: "/y" })).toBe("/y/.dapr/bin/daprd");
});
