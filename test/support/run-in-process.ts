import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import { runCli } from "../../src/cli/run-cli.js";

/** Runs the `sluice` command in this process, from its source, and waits for its end. @param isTTY as if at a terminal. */
export async function runInProcess(
  words: readonly string[],
  env: Record<string, string>,
  input = "",
  { isTTY = false } = {},
) {
  const pipe = () => Object.assign(new PassThrough(), { isTTY });
  const [stdin, stdout, stderr] = [pipe(), pipe(), pipe()];
  const written = Promise.all([text(stdout), text(stderr)]);
  stdin.end(input);
  const code = await runCli(words, { stdin, stdout, stderr, env, onInterrupt: () => () => {} }, "0.0.0");
  stdout.end();
  stderr.end();
  const [out, err] = await written;
  return { code, stdout: out, stderr: err };
}
