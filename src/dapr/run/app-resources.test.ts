import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { loadResources } from "../resources/load-resources.js";
import { planApp } from "./app-plan.js";
import { type AppResources, prepareResources } from "./app-resources.js";
import { readEnvFile } from "./env-file.js";
import { providerKeysIn } from "./provider-keys.js";

let folder = "";
let prepared: AppResources | undefined;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "sluice-run-"));
});
afterEach(async () => {
  await prepared?.remove();
  prepared = undefined;
  rmSync(folder, { recursive: true, force: true });
});

async function prepare(paths: readonly string[], variables?: Record<string, string>, forDaprd = false) {
  const plan = planApp(
    {},
    {
      defaultAppId: () => "app",
      defaultLogLevel: "info",
      command: [],
      folder,
      env: {},
      resourcesPaths: paths,
      pathOf: (key) => key,
    },
  );
  const env = { HOME: join(folder, "home"), FROM_ENV: "seen" };
  const development = variables === undefined ? {} : { development: { variables } };
  prepared = await prepareResources(plan, { env, ...development, forDaprd });
  return prepared;
}

const COMPONENT = (name: string, value: string) =>
  `apiVersion: dapr.io/v1alpha1\nkind: Component\nmetadata:\n  name: ${name}\nspec:\n  type: conversation.openai\n  version: v1\n  metadata:\n  - name: key\n    value: ${value}\n`;

it("are Dapr's usual folder and configuration where none are named", async () => {
  const dapr = join(folder, "home", ".dapr");
  mkdirSync(join(dapr, "components"), { recursive: true });
  writeFileSync(join(dapr, "config.yaml"), "");
  const components = [join(dapr, "components")];
  expect(await prepare([])).toMatchObject({
    paths: components,
    daprdPaths: components,
    configFile: join(dapr, "config.yaml"),
  });
});

it("must be there", async () => {
  const gone = join(folder, "gone");
  await expect(prepare([folder, gone])).rejects.toThrow(
    `error validating resources path "${gone}" : stat ${gone}: no such file or directory`,
  );
});

it.each([
  ["no folder is named", () => []],
  ["the folder is missing", () => [join(folder, "gone")]],
  ["the folder is empty", () => [folder]],
])("are a component echo in a development run where %s", async (_, paths) => {
  const { paths: found, daprdPaths, notices, remove } = await prepare(paths(), {});
  const { components } = await loadResources({ resourcesPath: found, appId: "app", env: {} });
  expect(components).toMatchObject([{ name: "echo", type: "conversation.echo" }]);
  expect(daprdPaths).toEqual(found);
  expect(notices[0]?.message).toContain("the component echo stands in");
  await remove();
  expect(found.filter(existsSync)).toEqual([]);
});

it("are copied for daprd with values in the place of names, and the copy is removed", async () => {
  const [one, two] = [COMPONENT("one", `"\${KEY}"`), COMPONENT("two", `x-\${FROM_ENV}`)];
  writeFileSync(join(folder, "a.yaml"), `${one}---\n${two}`);
  const three = COMPONENT("three", `'\${UNKNOWN}'`);
  writeFileSync(join(folder, "b.yml"), `${three}---\nkind: [`);
  writeFileSync(join(folder, "notes.txt"), "no component");
  const key = 'a "key": # \n with YAML in it';
  const { paths, daprdPaths, remove } = await prepare([folder], { KEY: key }, true);
  expect(paths).toEqual([folder]);
  const [copy = ""] = daprdPaths;
  expect(readdirSync(copy).sort()).toEqual(["a.yaml", "b.yml"]);
  const { components, notices } = await loadResources({ resourcesPath: copy, appId: "app", env: {} });
  expect(components.map(({ name, properties }) => [name, Object.fromEntries(properties).key])).toEqual([
    ["one", key],
    ["two", "x-seen"],
    ["three", `\${UNKNOWN}`],
  ]);
  expect(notices).toHaveLength(1);
  expect(readFileSync(join(folder, "a.yaml"), "utf8")).toContain(`\${KEY}`);
  await remove();
  expect(existsSync(copy)).toBe(false);
});

it("are not copied where no daprd reads them", async () => {
  writeFileSync(join(folder, "a.yaml"), COMPONENT("one", `\${KEY}`));
  const gone = join(folder, "gone");
  const { paths, daprdPaths, notices } = await prepare([gone, folder], { KEY: "k" });
  expect([paths, daprdPaths]).toEqual([[folder], []]);
  expect(notices).toEqual([{ level: "warning", message: `${gone}: no such folder` }]);
});

it("keys of providers are told by their names alone", () => {
  const found = providerKeysIn(
    { OPENAI_API_KEY: "sk-secret", HOME: "/" },
    { ANTHROPIC_API_KEY: "x", GROQ_API_KEY: " " },
  );
  expect(found).toEqual(["ANTHROPIC_API_KEY", "OPENAI_API_KEY"]);
});

it("a .env file may be missing unless it was named", async () => {
  const path = join(folder, ".env");
  expect(await readEnvFile(path, false)).toEqual({});
  await expect(readEnvFile(path, true)).rejects.toThrow("--env-file: found");
  writeFileSync(path, "A='b c' # comment\n");
  expect(await readEnvFile(path, true)).toEqual({ A: "b c" });
});
