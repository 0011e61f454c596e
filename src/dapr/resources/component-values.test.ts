import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { component, messages, metadata, useResources } from "../../../test/support/use-resources.js";

const { folder, load, write } = useResources();
const names = (components: readonly { name: string }[]) => components.map(({ name }) => name);

describe("values from elsewhere", () => {
  const key = (lines: string) => metadata(`  - name: key\n${lines}`);

  it.each([
    ["a variable", "    envRef: OPENAI_KEY\n", { OPENAI_KEY: "sk" }, "sk", []],
    ["a variable that is not set", "    envRef: OPENAI_KEY\n", {}, "", []],
    ["a value over a variable", "    value: mine\n    envRef: OPENAI_KEY\n", { OPENAI_KEY: "sk" }, "mine", []],
    ["a variable of Dapr's", "    envRef: dapr_api_token\n", { dapr_api_token: "x" }, "", ["dapr_api_token"]],
    ["the app's token", "    envRef: APP_API_TOKEN\n", { APP_API_TOKEN: "x" }, "", ["APP_API_TOKEN"]],
    ["a name with a space", "    envRef: A B\n", { "A B": "x" }, "", ["A B"]],
    ["a name on the list", "    envRef: B\n", { B: "x", DAPR_ENV_KEYS: "A B" }, "x", []],
    ["a name off the list", "    envRef: C\n", { C: "x", DAPR_ENV_KEYS: "CC AC" }, "", ["C"]],
  ])("come from %s", async (_, lines, env, value, refused) => {
    write({ "a.yaml": component("one", key(lines)) });
    const loaded = await load({ env });
    expect(loaded.components[0]?.properties).toEqual([["key", value]]);
    expect(messages(loaded)).toEqual(
      refused.map((name) => `Component one references an env variable that isn't allowed: ${name}`),
    );
  });

  it("fill placeholders in", async () => {
    write({
      "a.yaml": component("one", metadata("  - name: a\n    value: '{appID}/{namespace}/{uuid}/{podName}/{x}'\n")),
    });
    const loaded = await load({ env: { NAMESPACE: "prod", POD_NAME: "pod-1" } });
    expect(loaded.components[0]?.properties).toEqual([["a", "my-app/prod.my-app/an-id/pod-1/{x}"]]);
    expect((await load({ env: { POD_NAME: "p" } })).components[0]?.properties[0]?.[1]).toContain("/default.my-app/");
  });

  it("need a pod for {podName}", async () => {
    write({ "a.yaml": component("one", metadata("  - name: a\n    value: '{podName}'\n")) });
    await expect(load()).rejects.toThrow(
      "failed to parse metadata: property a refers to {podName} but podName is not set",
    );
    write({ "a.yaml": component("one", `  ignoreErrors: true\n${metadata("  - name: a\n    value: '{podName}'\n")}`) });
    const loaded = await load();
    expect(loaded.components).toEqual([]);
    expect(loaded.notices[0]?.level).toBe("error");
  });
});

describe("secrets", () => {
  const fromSecret = (name: string, secretKey = "") =>
    metadata(`  - name: key\n    secretKeyRef:\n      name: ${name}\n${secretKey && `      key: ${secretKey}\n`}`);
  const auth = "auth:\n  secretStore: vault\n";
  const fileStore = (extra = "") =>
    component(
      "vault",
      metadata(
        `  - name: secretsFile\n    value: ${JSON.stringify(join(folder.path, "secret", "secrets.json"))}\n${extra}`,
      ),
      "secretstores.local.file",
    );
  const secretsJson = JSON.stringify({
    openai: "sk-1",
    nested: { deep: { key: "sk-2" }, list: ["zero", "one"] },
    number: 5,
  });

  it.each([
    ["openai", "", "sk-1"],
    ["nested:deep:key", "", "sk-2"],
    ["nested:list:1", "", "one"],
    ["openai", "openai", "sk-1"],
    ["openai", "other", ""],
    ["number", "", "%!s(float64=5)"],
  ])("come from a file: %s %s", async (name, secretKey, value) => {
    write({
      "secret/secrets.json": secretsJson,
      "a.yaml": component("one", fromSecret(name, secretKey) + auth),
      "z.yaml": fileStore(),
    });
    const one = (await load()).components.find((found) => found.name === "one");
    expect(one?.properties).toEqual([["key", value]]);
  });

  it("come from a file with a separator of one's own, or with several keys", async () => {
    write({
      "secret/secrets.json": secretsJson,
      "a.yaml": component("one", fromSecret("nested.deep.key") + auth),
      "z.yaml": fileStore("  - name: nestedSeparator\n    value: .\n"),
    });
    expect((await load()).components[0]?.properties[0]?.[1]).toBe("sk-2");
    write({
      "a.yaml": component("one", fromSecret("nested", "deep:key") + auth),
      "z.yaml": fileStore("  - name: multiValued\n    value: true\n"),
    });
    expect((await load()).components[0]?.properties[0]?.[1]).toBe("sk-2");
  });

  it("come from the environment, but for Dapr's own", async () => {
    const store = component("vault", metadata("  - name: prefix\n    value: MY_\n"), "secretstores.local.env");
    write({ "a.yaml": `${store}\n---\n${component("one", fromSecret("KEY") + auth)}` });
    const loaded = await load({ env: { MY_KEY: "sk-3" } });
    expect(loaded.components[1]?.properties).toEqual([["key", "sk-3"]]);
    write({
      "a.yaml": `${component("vault", "", "secretstores.local.env")}\n---\n${component("one", fromSecret("DAPR_API_TOKEN") + auth)}`,
    });
    const refused = await load({ env: { DAPR_API_TOKEN: "x" } });
    expect(refused.components[1]?.properties).toEqual([["key", ""]]);
    expect(messages(refused)).toEqual(["Access to env var DAPR_API_TOKEN is forbidden"]);
  });

  it("that are not there leave the value empty", async () => {
    write({
      "secret/secrets.json": "{}",
      "a.yaml": component("one", fromSecret("openai") + auth),
      "z.yaml": fileStore(),
    });
    const loaded = await load();
    expect(loaded.components[0]?.properties).toEqual([["key", ""]]);
    expect(loaded.notices).toEqual([{ level: "error", message: "Error getting secret: secret openai not found" }]);
  });

  it("of a store that never loads park the component", async () => {
    write({ "a.yaml": component("one", fromSecret("openai") + auth) });
    const loaded = await load();
    expect(loaded.components).toEqual([]);
    expect(names(loaded.waiting)).toEqual(["one"]);
    expect(messages(loaded)).toEqual(["Component one references a secret store that isn't loaded: vault"]);
  });

  it("without a named store are empty, and the component starts", async () => {
    const lines = `${fromSecret("openai")}  - name: model\n    value: m\n  - name: late\n    envRef: SET\n`;
    write({ "a.yaml": component("one", lines) });
    const loaded = await load({ env: { SET: "x" } });
    expect(loaded.components[0]?.properties).toEqual([
      ["key", ""],
      ["model", "m"],
      ["late", ""],
    ]);
    expect(messages(loaded)).toEqual(["Component one references a secret store that isn't loaded: "]);
  });

  it("may be what another store needs", async () => {
    const first = component("first", "", "secretstores.local.env");
    const vault = component(
      "vault",
      `${metadata("  - name: secretsFile\n    secretKeyRef:\n      name: FILE\n")}auth:\n  secretStore: first\n`,
      "secretstores.local.file",
    );
    write({
      "secret/secrets.json": secretsJson,
      "a.yaml": `${component("one", fromSecret("openai") + auth)}\n---\n${vault}\n---\n${first}`,
    });
    const loaded = await load({ env: { FILE: join(folder.path, "secret", "secrets.json") } });
    expect(loaded.components[0]?.properties).toEqual([["key", "sk-1"]]);
    expect(loaded.notices).toEqual([]);
  });

  it("need a store that opens", async () => {
    write({ "a.yaml": component("vault", "", "secretstores.local.file") });
    await expect(load()).rejects.toThrow(
      "process component vault error: [INIT_COMPONENT_FAILURE]: initialization error occurred for vault (secretstores.local.file/v1): [INIT_COMPONENT_FAILURE]: initialization error occurred for vault (secretstores.local.file/v1): missing local secrets file in metadata",
    );
    write({ "a.yaml": component("vault", "  ignoreErrors: true\n", "secretstores.local.file") });
    expect((await load()).notices).toHaveLength(1);
  });

  it("of a cloud service are not read here, and that is said", async () => {
    const vault = component("vault", "", "secretstores.hashicorp.vault");
    write({ "a.yaml": `${vault}\n---\n${component("one", fromSecret("openai") + auth)}` });
    const loaded = await load();
    expect(names(loaded.waiting)).toEqual(["one"]);
    expect(messages(loaded)[0]).toBe(
      "Component vault: secret stores of type secretstores.hashicorp.vault are not read here",
    );
  });
});

describe("variables in the YAML", () => {
  const variable = (name: string) => `\${${name}}`;
  const text = component(
    "one",
    metadata(
      `  - name: key\n    value: ${variable("KEY")}\n  - name: b\n    value: ${variable("NO")} ${variable("NO")} ${variable("KEY")}\n`,
    ),
  );

  it("are text, as for daprd", async () => {
    write({ "a.yaml": text });
    expect((await load({ env: { KEY: "sk" } })).components[0]?.properties[0]).toEqual(["key", variable("KEY")]);
  });

  it("are replaced on demand, and unresolved names are reported once", async () => {
    write({ "a.yaml": text });
    const value = `a: b # ${variable("OTHER")}`;
    const loaded = await load({ env: { KEY: "from env", OTHER: "x" }, substitute: { KEY: value } });
    expect(loaded.components[0]?.properties).toEqual([
      ["key", value],
      ["b", `${variable("NO")} ${variable("NO")} ${value}`],
    ]);
    expect(messages(loaded)).toEqual([
      `${join(folder.path, "a.yaml")}: ${variable("NO")} is not set, and left as it is`,
    ]);
    const fromEnv = await load({ env: { KEY: "from env" }, substitute: {} });
    expect(fromEnv.components[0]?.properties[0]?.[1]).toBe("from env");
  });
});
