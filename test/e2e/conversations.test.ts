import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { runNode } from "./run.js";
import { startSluice } from "./start.js";

const MAIN = "dist/cli/main.js";
const root = mkdtempSync(join(tmpdir(), "sluice-conversations-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** The command with a folder of its own for conversations. */
function cli(name: string) {
  const SLUICE_DATA = join(root, name);
  return (words: string[], input = "", env: Record<string, string> = {}) =>
    runNode(MAIN, words, input, { SLUICE_DATA, ...env });
}

describe.concurrent("sluice chat --conversation", () => {
  test("is resumed by another process", async () => {
    const sluice = cli("resumed");
    const first = await sluice(["chat", "-m", "echo", "--conversation", "pets"], "My cat is Tom.\n");
    expect(first.stderr).toContain("conversation pets: begins");
    const second = await sluice(["chat", "-m", "echo", "--conversation", "pets"], "And my dog?\n");
    expect(second.stderr).toContain("conversation pets: goes on after 2 messages");
    expect([first.code, second.code]).toEqual([0, 0]);
    const { stdout } = await sluice(["conversations", "show", "pets"]);
    expect(stdout.replaceAll(/\[\S+Z\] /g, "")).toBe(
      "My cat is Tom.\n\nuser:\nMy cat is Tom.\n\nassistant:\nMy cat is Tom.\n\nuser:\nAnd my dog?\n\nassistant:\nAnd my dog?\n",
    );
  });

  test.each([
    ["SIGTERM", 143],
    ["SIGHUP", 129],
    ["SIGINT", 130],
  ] as const)("keeps what was said until %s", async (signal, code) => {
    const env = { SLUICE_DATA: join(root, signal) };
    const input = `${"word ".repeat(5_000)}\nnever asked\n`;
    const chat = startSluice(["chat", "-m", "echo", "--conversation", "long"], { env, input });
    await chat.until(/^word/);
    chat.child.kill(signal);
    expect((await chat.ended).code).toBe(code);
    const { stdout } = await cli(signal)(["conversations", "show", "long", "--json"]);
    expect(JSON.parse(stdout)).toMatchObject({
      messages: [{ status: "complete" }, { status: "interrupted", message: { role: "assistant" } }],
    });
  });

  test("ends at a signal where nothing is being answered", async () => {
    const chat = startSluice(["chat", "-m", "echo"], { input: null });
    chat.child.stdin?.write("Hi\n");
    await chat.until(/first token/);
    chat.child.kill("SIGTERM");
    expect((await chat.ended).code).toBe(143);
  });

  test("is kept in the user's folder for data where SLUICE_DATA is not set, and only when asked to", async () => {
    const home = join(root, "home");
    const where = { HOME: home, LOCALAPPDATA: join(home, "data"), XDG_DATA_HOME: join(home, "data") };
    await runNode(MAIN, ["chat", "-m", "echo"], "Hello\n", where);
    expect(existsSync(home)).toBe(false);
    await runNode(MAIN, ["chat", "-m", "echo", "--conversation", "named"], "Hello\n", where);
    const { stdout } = await runNode(MAIN, ["conversations", "list"], "", where);
    expect(stdout).toMatch(/^named {2}\S+Z {2}Hello\n$/);
  });

  test("says its new name where SLUICE_DATA is set", async () => {
    const sluice = cli("unnamed");
    const { stderr } = await sluice(["chat", "-m", "echo"], "Hello\n");
    const [, id = ""] = /conversation (\S+): begins/.exec(stderr) ?? [];
    expect((await sluice(["conversations", "show", id])).stdout).toContain("Hello");
  });

  test("shows what an answer cost, and adds it up", async () => {
    const chunk = (body: object) => `data: ${JSON.stringify({ id: "c1", model: "gpt-4.1-2025-04-14", ...body })}\n\n`;
    const server = createServer((_request, response) => {
      const text = chunk({ choices: [{ index: 0, delta: { content: "Hi" }, finish_reason: "stop" }] });
      const usage = chunk({ choices: [], usage: { prompt_tokens: 100_000, completion_tokens: 10_000 } });
      response.writeHead(200, { "content-type": "text/event-stream" }).end(`${text}${usage}data: [DONE]\n\n`);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    const env = { OPENAI_API_KEY: "sk-test-0123456789", OPENAI_BASE_URL: `http://127.0.0.1:${port}/v1` };
    const sluice = cli("costs");
    const { stderr } = await sluice(["chat", "-m", "openai/gpt-4.1", "--conversation", "paid"], "one\ntwo\n", env);
    const asked = await sluice(["ask", "-m", "openai/gpt-4.1", "one"], "", env);
    server.close();
    // 100,000 × $2 + 10,000 × $8 per million.
    expect(stderr).toContain("100000 in · 10000 out · $0.2800");
    expect(asked.stderr).toContain("100000 in · 10000 out · $0.2800");
    const { stdout } = await sluice(["conversations", "stats", "paid", "--json"]);
    expect(JSON.parse(stdout)).toMatchObject({ turns: 2, usage: { inputTokens: 200_000, outputTokens: 20_000 } });
    expect(JSON.parse(stdout).cost).toBeCloseTo(0.56, 9);
    expect((await sluice(["conversations", "stats", "paid"])).stdout).toMatch(/^cost +\$0\.5600$/m);
  });

  test("refuses a price table that is none", async () => {
    const file = join(root, "prices.json");
    writeFileSync(file, '{"models":[{"provider":"p"}]}');
    const { code, stderr } = await cli("prices")(["chat", "-m", "echo"], "Hello\n", { SLUICE_PRICES: file });
    expect([code, stderr]).toEqual([2, expect.stringContaining("models[0].input: found nothing; allowed: USD")]);
  });
});

describe.concurrent("sluice conversations", () => {
  test("lists, searches, exports, imports and deletes", async () => {
    const sluice = cli("many");
    for (const [id, text] of [
      ["a", "Red foxes"],
      ["b", "Brown bears"],
    ]) {
      await sluice(["chat", "-m", "echo", "--conversation", `${id}`], `${text}\n`);
    }
    const listed = JSON.parse((await sluice(["conversations", "list", "--json"])).stdout);
    expect(listed).toMatchObject([
      { id: "b", title: "Brown bears", version: 1 },
      { id: "a", title: "Red foxes" },
    ]);
    expect((await sluice(["conversations", "list", "--limit", "1"])).stdout).toMatch(/^b {2}\S+ {2}Brown bears\n$/);

    const found = (await sluice(["conversations", "search", "FOX", "--role", "user", "--json"])).stdout;
    expect(JSON.parse(found)).toMatchObject({ conversation: { id: "a" }, message: { message: { role: "user" } } });
    expect((await sluice(["conversations", "search", "bear", "-n", "1"])).stdout).toMatch(
      /^b {2}\S+ {2}user: Brown bears\n$/,
    );

    const file = join(root, "a.json");
    expect((await sluice(["conversations", "export", "a", "-o", file])).code).toBe(0);
    const json = readFileSync(file, "utf8");
    expect((await sluice(["conversations", "export", "a", "--format", "markdown"])).stdout).toMatch(/^# Red foxes\n/);

    expect(await sluice(["conversations", "import", file])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('contextId: found "a"; allowed: an id that the store does not have'),
    });
    expect((await sluice(["conversations", "import", "--id", "copy"], json)).stdout).toBe("copy\n");
    expect((await sluice(["conversations", "export", "copy"])).stdout).toBe(json.replace('"id": "a"', '"id": "copy"'));

    const deleted = await sluice(["conversations", "delete", "a", "nobody", "b", "--json"]);
    expect([deleted.code, JSON.parse(deleted.stdout)]).toEqual([3, { deleted: ["a", "b"], missing: ["nobody"] }]);
    expect((await sluice(["conversations", "list"])).stdout).toMatch(/^copy /);
    const shown = JSON.parse((await sluice(["conversations", "show", "copy", "--json"])).stdout);
    expect(shown).toMatchObject({ id: "copy", statistics: { turns: 1 }, messages: [{}, {}] });
  });

  const sluice = cli("others");

  test.each([
    [["show", "nobody"], 3, 'there is no conversation "nobody"'],
    [["export", "nobody", "--format", "pdf"], 2, "Allowed choices are json, text, markdown"],
    [["import", join(root, "nothing.json")], 2, "cannot be read"],
    [["list", "--limit", "0"], 2, "not a whole number of at least 1"],
    [["lst"], 2, "Did you mean list?"],
  ])("%j ends with code %i and says why", async (words, code, why) => {
    const ended = await sluice(["conversations", ...words]);
    expect(ended.stderr).toContain(why);
    expect([ended.code, ended.stdout]).toEqual([code, ""]);
  });

  test("an import that is none is refused with its path", async () => {
    const json = JSON.stringify({
      format: "sluice-conversation",
      version: 1,
      id: "x",
      head: null,
      metadata: {},
      messages: [{ id: 1 }],
    });
    const { code, stderr } = await sluice(["conversations", "import"], json);
    expect([code, stderr]).toEqual([2, expect.stringContaining("messages[0].id: found 1")]);
  });

  test("a store that needs a server which is not there says so", async () => {
    const { code, stderr } = await sluice(["conversations", "list"], "", { SLUICE_DATA: "redis://127.0.0.1:9" });
    expect([code, stderr]).toEqual([4, expect.stringContaining("Redis store")]);
  });
});
