import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type LoadResourcesOptions, loadResources } from "./load-resources.js";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "sluice-resources-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function write(files: Record<string, string>): void {
  mkdirSync(join(folder, "secret"), { recursive: true });
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
}

function load(options: Partial<LoadResourcesOptions> = {}) {
  return loadResources({ resourcesPath: folder, appId: "my-app", env: {}, uuid: () => "an-id", ...options });
}

function component(name: string, lines = "", type = "conversation.echo", head = ""): string {
  return `apiVersion: dapr.io/v1alpha1\nkind: Component\nmetadata:\n  name: ${name}\n${head}spec:\n  type: ${type}\n  version: v1\n${lines}`;
}

const metadata = (items: string) => `  metadata:\n${items}`;
const names = (components: readonly { name: string }[]) => components.map(({ name }) => name);
const messages = (loaded: { notices: readonly { message: string }[] }) => loaded.notices.map(({ message }) => message);

describe("the files of a folder", () => {
  it("are read in the order of their names, each document for itself", async () => {
    write({
      "b.yaml": component("third"),
      "a.YML": `${component("first")}\n--- # more\n${component("second")}`,
      "notes.txt": "hello",
    });
    mkdirSync(join(folder, "deeper"));
    writeFileSync(join(folder, "deeper", "c.yaml"), component("hidden"));
    const loaded = await load();
    expect(names(loaded.components)).toEqual(["first", "second", "third"]);
    expect(messages(loaded)).toEqual(["A non-YAML Component file notes.txt was detected, it will not be loaded"]);
  });

  it("may be in several folders", async () => {
    write({ "a.yaml": component("one") });
    const other = mkdtempSync(join(tmpdir(), "sluice-resources-"));
    writeFileSync(join(other, "a.yaml"), component("two"));
    const loaded = await load({ resourcesPath: [other, folder] });
    expect(names(loaded.components)).toEqual(["two", "one"]);
    rmSync(other, { recursive: true });
  });

  it("that are not there end the start", async () => {
    const missing = join(folder, "missing");
    await expect(load({ resourcesPath: missing })).rejects.toThrow(
      `failed to load components: open ${missing}: no such file or directory`,
    );
  });

  it("lose a broken document only", async () => {
    write({ "a.yaml": `${component("one")}\n---\nkind: [\n---\n${component("a/b")}\n---\n${component("two")}` });
    const loaded = await load();
    expect(names(loaded.components)).toEqual(["one", "two"]);
    const [warning = ""] = messages(loaded);
    expect(warning).toContain(
      `daprd load Component error when parsing manifests yaml resource in ${join(folder, "a.yaml")}: error converting YAML to JSON: yaml: `,
    );
    expect(warning).toContain(`invalid name "a/b" for "Component": may not contain '/'`);
  });

  it("lose a document whose aliases mean nothing, or too much", async () => {
    const bomb =
      "a: &a [1,1,1,1,1,1,1,1,1,1]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: [*b,*b,*b,*b,*b,*b,*b,*b,*b,*b]";
    write({
      "a.yaml": `${component("one", metadata("  - name: key\n    value: *secret\n"))}\n---\n${bomb}\n---\n${component("two")}`,
    });
    const loaded = await load();
    expect(names(loaded.components)).toEqual(["two"]);
    expect(messages(loaded)).toEqual([
      expect.stringMatching(/yaml: Unresolved alias.*secret\n.*yaml: Excessive alias count/),
    ]);
  });

  it("may hold other kinds, and documents of somebody else", async () => {
    write({
      "a.yaml": `# only a comment\n---\napiVersion: v1\nkind: Component\nmetadata:\n  name: not-ours\n---\napiVersion: dapr.io/v1alpha1\nkind: Resiliency\nmetadata:\n  name: mine\nscopes: [my-app]\n---\napiVersion: dapr.io/v1alpha1\nkind: Resiliency\nmetadata:\n  name: theirs\nscopes: [other]\n---\napiVersion: dapr.io/v1alpha1\nkind: Configuration\nmetadata:\n  name: config`,
    });
    const loaded = await load();
    expect(loaded.components).toEqual([]);
    expect(names(loaded.resiliencies)).toEqual(["mine"]);
    expect(loaded.others.map(({ kind }) => kind)).toEqual(["Configuration"]);
    expect(loaded.notices).toEqual([]);
  });
});

describe("a component's fields", () => {
  it("are found whatever their case, and unknown ones are left alone", async () => {
    write({
      "a.yaml": `apiVersion: dapr.io/v1alpha1\nkind: Component\nmetadata:\n  Name: 123\n  labels: {x: y}\nSpec:\n  Type: conversation.echo\n  version: v1\n  ignoreerrors: true\n  initTimeout: 1m30s\n  metadata: null\nfuture: 1`,
    });
    const [one] = (await load()).components;
    expect(one).toMatchObject({
      name: "123",
      type: "conversation.echo",
      version: "v1",
      ignoreErrors: true,
      initTimeoutMs: 90_000,
      properties: [],
    });
  });

  it("are 5 seconds to start and no ignored errors unless they say otherwise", async () => {
    write({ "a.yaml": component("one", "  initTimeout: soon\n") });
    expect((await load()).components[0]).toMatchObject({ initTimeoutMs: 5_000, ignoreErrors: false });
  });

  it("of a wrong type lose the document", async () => {
    write({ "a.yaml": component("one", "  ignoreErrors: 'maybe'\n") });
    const loaded = await load();
    expect(loaded.components).toEqual([]);
    expect(messages(loaded)[0]).toContain("json: cannot unmarshal string into field spec.ignoreErrors of type bool");
  });

  it("may have values of any JSON type, read as YAML 1.1", async () => {
    const values: Record<string, string> = {
      text: "hello",
      quoted: '"10"',
      whole: "10",
      real: "0.5",
      yes: "yes",
      off: "off",
      date: "2024-10-21",
      time: "1:30",
      list: "[1, a]",
      account: "12345678901234567890",
      negative: "-9007199254740993",
      beyond: "123456789012345678901234567890",
      bytes: "!!binary aGnDpA==",
    };
    const items = Object.entries(values).map(([name, value]) => `  - name: "${name}"\n    value: ${value}\n`);
    write({ "a.yaml": component("one", metadata(`${items.join("")}  - name: none\n    value:\n`)) });
    const [one] = (await load()).components;
    expect(Object.fromEntries(one?.properties ?? [])).toEqual({
      text: "hello",
      quoted: "10",
      whole: "10",
      real: "0.5",
      yes: "true",
      off: "false",
      date: "2024-10-21",
      time: "1:30",
      list: '[1,"a"]',
      account: "12345678901234567890",
      negative: "-9007199254740993",
      beyond: "1.2345678901234568e+29",
      bytes: "hiä",
      none: "",
    });
  });
});

describe("which components are meant", () => {
  it("is said by scopes", async () => {
    write({
      "a.yaml": `${component("all")}\n---\n${component("mine", "scopes: [other, my-app]\n")}\n---\n${component("theirs", "scopes: [other]\n")}`,
    });
    expect(names((await load()).components)).toEqual(["all", "mine"]);
  });

  it("is said by the namespace only where one is set", async () => {
    const head = "  namespace: production\n";
    write({ "a.yaml": `${component("one", "", "conversation.echo", head)}\n---\n${component("two")}` });
    expect(names((await load()).components)).toEqual(["one", "two"]);
    expect(names((await load({ env: { NAMESPACE: "staging" } })).components)).toEqual(["two"]);
    expect(names((await load({ env: { NAMESPACE: "production" } })).components)).toEqual(["one", "two"]);
  });

  it("does not allow one name twice", async () => {
    write({ "a.yaml": component("foo"), "b.yaml": component("foo", "", "state.redis"), "c.yaml": component("foo") });
    await expect(load()).rejects.toThrow(
      "failed to load components: duplicate definition of Component name foo (state.redis/v1) with existing foo (conversation.echo/v1)\nduplicate definition of Component name foo (conversation.echo/v1) with existing foo (conversation.echo/v1)",
    );
  });

  it("lets a name be taken only by what is in scope, and asks for the scope last", async () => {
    const out = component("foo", "scopes: [other]\n");
    write({ "a.yaml": out, "b.yaml": component("foo") });
    expect((await load()).components).toHaveLength(1);
    write({ "a.yaml": component("foo"), "b.yaml": out });
    await expect(load()).rejects.toThrow("duplicate definition of Component name foo");
  });

  it("ignores another namespace before it looks at names", async () => {
    write({ "a.yaml": component("foo"), "b.yaml": component("foo", "", "state.redis", "  namespace: elsewhere\n") });
    expect((await load({ env: { NAMESPACE: "here" } })).components).toHaveLength(1);
  });
});

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
      metadata(`  - name: secretsFile\n    value: ${JSON.stringify(join(folder, "secret", "secrets.json"))}\n${extra}`),
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
    const loaded = await load({ env: { FILE: join(folder, "secret", "secrets.json") } });
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
    expect(messages(loaded)).toEqual([`${join(folder, "a.yaml")}: ${variable("NO")} is not set, and left as it is`]);
    const fromEnv = await load({ env: { KEY: "from env" }, substitute: {} });
    expect(fromEnv.components[0]?.properties[0]?.[1]).toBe("from env");
  });
});
