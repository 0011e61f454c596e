import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { component, messages, metadata, useResources } from "../../../test/support/use-resources.js";

const { folder, load, write } = useResources();
const names = (components: readonly { name: string }[]) => components.map(({ name }) => name);

describe("the files of a folder", () => {
  it("are read in the order of their names, each document for itself", async () => {
    write({
      "b.yaml": component("third"),
      "a.YML": `${component("first")}\n--- # more\n${component("second")}`,
      "notes.txt": "hello",
    });
    mkdirSync(join(folder.path, "deeper"));
    writeFileSync(join(folder.path, "deeper", "c.yaml"), component("hidden"));
    const loaded = await load();
    expect(names(loaded.components)).toEqual(["first", "second", "third"]);
    expect(messages(loaded)).toEqual(["A non-YAML Component file notes.txt was detected, it will not be loaded"]);
  });

  it("may be in several folders", async () => {
    write({ "a.yaml": component("one") });
    const other = mkdtempSync(join(tmpdir(), "sluice-resources-"));
    writeFileSync(join(other, "a.yaml"), component("two"));
    const loaded = await load({ resourcesPath: [other, folder.path] });
    expect(names(loaded.components)).toEqual(["two", "one"]);
    rmSync(other, { recursive: true });
  });

  it("that are not there end the start", async () => {
    const missing = join(folder.path, "missing");
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
      `daprd load Component error when parsing manifests yaml resource in ${join(folder.path, "a.yaml")}: error converting YAML to JSON: yaml: `,
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
