import { constants } from "node:os";
import { AppConsole } from "./app-console.js";
import { PrefixedLog } from "./prefixed-log.js";
import { providerKeysIn } from "./provider-keys.js";
import type { RunOptions } from "./run-options.js";
import { type RunWorld, terminationSignal } from "./run-world.js";
import { type RunningApp, startApp } from "./start-app.js";

/**
 * Runs apps, each beside a Dapr sidecar of its own, until all of them have ended; resolves to the exit code: the first
 * that is not 0, in the order of the apps.
 *
 * @throws {SluiceError} what kept one from starting; the others have ended again by then.
 */
export async function runApps(options: RunOptions, world: RunWorld): Promise<number> {
  const log = new PrefixedLog({ live: world.live });
  const failed = new AbortController();
  const termination = AbortSignal.any([world.termination, failed.signal]);
  const isOnly = options.apps.length === 1;
  const running: RunningApp[] = [];
  if (options.development) tellKeys(options, world);
  try {
    for (const plan of options.apps) {
      const console = new AppConsole(log, world, isOnly ? "" : plan.appId);
      running.push(await startApp(plan, options, console, { ...world, termination, stdin: world.stdin && isOnly }));
    }
  } catch (error) {
    failed.abort("SIGTERM");
    await Promise.allSettled(running.map(({ ended }) => ended));
    const signal = terminationSignal(world);
    if (signal === undefined) throw error;
    return 128 + constants.signals[signal];
  }
  const codes = await Promise.all(running.map(({ ended }) => ended));
  return codes.find((code) => code !== 0) ?? 0;
}

function tellKeys({ variables }: RunOptions, { env, stdout }: RunWorld): void {
  const names = providerKeysIn(env, variables);
  void stdout(`Keys of model providers: ${names.join(", ") || "none is set"}\n`);
}
