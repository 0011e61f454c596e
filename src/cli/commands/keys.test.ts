import { mkdtempSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, expect, test } from "vitest";
import { runInProcess } from "../../../test/support/run-in-process.js";
import { readKeys } from "../kept-keys.js";
import { runCli } from "../run-cli.js";

const KEY = "sk-0123456789abcdefghij";
let folder: string;
let env: Record<string, string>;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "sluice-keys-"));
  env = { SLUICE_DATA: join(folder, "data") };
});
afterEach(() => rmSync(folder, { recursive: true }));
const file = () => join(folder, "data", "keys.json");

test("a key from stdin is kept for its owner alone, and never shown whole", async () => {
  const set = await runInProcess(["keys", "set", "openai"], env, `${KEY}\n`);
  expect([set.code, set.stdout]).toEqual([0, ""]);
  expect(statSync(file()).mode & 0o777).toBe(0o600);
  expect(statSync(join(folder, "data")).mode & 0o777).toBe(0o700);
  await runInProcess(["keys", "set", "ELEVENLABS_API_KEY"], env, "el-0123456789abcdefghij");
  expect(readKeys(file())).toEqual({ OPENAI_API_KEY: KEY, ELEVENLABS_API_KEY: "el-0123456789abcdefghij" });
  expect(readdirSync(join(folder, "data"))).toEqual(["keys.json"]);
  const list = await runInProcess(["keys", "list"], { ...env, ELEVENLABS_API_KEY: "another" });
  expect(list.stdout).toBe(
    "OPENAI_API_KEY  sk…ij\nELEVENLABS_API_KEY  el…ij  (the environment has another, which wins)\n",
  );
  expect(`${set.stderr}${list.stdout}${list.stderr}`).not.toContain(KEY);
});

test("a key at a terminal is asked for, and does not appear", async () => {
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
  const written = Promise.all([text(stdout), text(stderr)]);
  const io = { stdin: Object.assign(stdin, { isTTY: true }), stdout, stderr, env, onInterrupt: () => () => {} };
  stdin.write(`${KEY}\r`);
  expect(await runCli(["keys", "set", "anthropic"], io, "0")).toBe(0);
  stdout.end();
  stderr.end();
  const said = (await written).join("");
  expect(said).toContain("ANTHROPIC_API_KEY (it is not shown): ");
  expect(said).not.toContain("0123");
  expect(readKeys(file())).toEqual({ ANTHROPIC_API_KEY: KEY });
});

test("Ctrl-C where a key is asked for keeps nothing", async () => {
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
  const io = { stdin: Object.assign(stdin, { isTTY: true }), stdout, stderr, env, onInterrupt: () => () => {} };
  stdin.write("sk-half\u0003");
  expect(await runCli(["keys", "set", "anthropic"], io, "0")).toBe(130);
  expect(readKeys(file())).toEqual({});
});

test("a link is followed, and others are shut out of what they could read", async () => {
  await runInProcess(["keys", "set", "openai"], env, KEY);
  const real = join(folder, "real.json");
  writeFileSync(real, "{}", { mode: 0o644 });
  rmSync(file());
  symlinkSync(real, file());
  expect((await runInProcess(["keys", "set", "groq"], env, KEY)).code).toBe(0);
  expect([statSync(real).mode & 0o777, readKeys(real)]).toEqual([0o600, { GROQ_API_KEY: KEY }]);
});

test("keys are forgotten; those that were not kept are said", async () => {
  await runInProcess(["keys", "set", "openai"], env, KEY);
  const ended = await runInProcess(["keys", "delete", "openai", "groq"], env);
  expect([ended.code, readKeys(file())]).toEqual([3, {}]);
  expect(ended.stderr).toContain("no key is kept for GROQ_API_KEY");
});

test.each<[string[], string, string]>([
  [["set", "openai", "sk-secret"], "", "a key is no argument"],
  [["set", "opnai"], KEY, "did you mean openai?"],
  [["set", "PATH"], KEY, "a service, or a variable"],
  [["set", "openai"], "", "key: found nothing"],
  [["set", "openai"], "two words", "printable ASCII without spaces"],
])("keys %j is refused", async (words, input, why) => {
  const ended = await runInProcess(["keys", ...words], env, input);
  expect([ended.code, ended.stderr]).toEqual([2, expect.stringContaining(why)]);
  expect(ended.stderr).not.toContain("two words");
});

test("a file that is none of keys is refused without being shown", async () => {
  await runInProcess(["keys", "set", "openai"], env, KEY);
  writeFileSync(file(), `["${KEY}"]`);
  const ended = await runInProcess(["keys", "list"], env);
  expect([ended.code, ended.stderr]).toEqual([2, expect.stringContaining("is no file of keys")]);
  expect(ended.stderr).not.toContain(KEY);
});

test("variables that are set win over --env-file, and that over kept keys", async () => {
  const dotEnv = join(folder, ".env");
  writeFileSync(
    dotEnv,
    `\uFEFFXAI_API_KEY=a\r\n# keys\r\nexport TOGETHER_API_KEY="from file"\nGROQ_API_KEY=b\nSLUICE_MODEL=echo\n`,
  );
  const keys = () => ({ GROQ_API_KEY: KEY, MISTRAL_API_KEY: KEY });
  const asked = async (words: string[], set: Record<string, string>) => {
    const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
    stdin.end("hi");
    const written = Promise.all([text(stdout), text(stderr)]);
    await runCli(words, { stdin, stdout, stderr, env: set, keys, onInterrupt: () => () => {} }, "0");
    stdout.end();
    stderr.end();
    return (await written).join("");
  };
  expect(await asked(["ask", "--env-file", dotEnv], {})).toContain("echo: SLUICE_MODEL is set");
  expect(await asked(["--env-file", dotEnv], { SLUICE_MODEL: "opnai/x" })).toContain("opnai/x");
  const models = await asked(["models", "--env-file", dotEnv], { OPENAI_API_KEY: "set" });
  for (const id of ["openai", "xai", "together", "groq", "mistral"]) expect(models).toMatch(new RegExp(`${id} +ready`));
  expect(await asked(["ask", "--env-file", join(folder, "none")], {})).toContain(
    "none cannot be read: there is no such file",
  );
});
