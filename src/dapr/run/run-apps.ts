import { constants } from "node:os";
import { SluiceError } from "../../stream/error.js";
import { AppConsole } from "./app-console.js";
import type { AppPlan } from "./app-plan.js";
import { PrefixedLog } from "./prefixed-log.js";
import { providerKeysIn } from "./provider-keys.js";
import type { AppRunOptions } from "./run-options.js";
import { type RunWorld, terminationSignal } from "./run-world.js";
import { type RunningApp, startApp } from "./start-app.js";

/**
 * Runs apps, each beside a Dapr sidecar of its own, until all of them have ended; resolves to the exit code: the first
 * that is not 0, in the order of the apps.
 *
 * @throws {SluiceError} what kept one from starting; the others have ended again by then.
 */
export async function runApps(options: AppRunOptions, world: RunWorld): Promise<number> {
  const log = new PrefixedLog({ live: world.live });
  const failed = new AbortController();
  const termination = AbortSignal.any([world.termination, failed.signal]);
  const isOnly = options.apps.length === 1;
  const running: RunningApp[] = [];
  if (options.development) tellKeys(options, world);
  try {
    for (const plan of options.apps) {
      const console = await AppConsole.open(log, world, plan, isOnly ? "" : plan.appId);
      const own = { ...world, termination, stdin: world.stdin && isOnly };
      running.push(
        await startApp(plan, options, console, own).catch((error) => Promise.reject(named(error, plan, isOnly))),
      );
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

function tellKeys({ variables }: AppRunOptions, { env, stdout }: RunWorld): void {
  const names = providerKeysIn(env, variables);
  void stdout(`Keys of model providers: ${names.join(", ") || "none is set"}\n`);
}

/** An error of one of several apps, with the app's name. */
function named(thrown: unknown, { appId }: AppPlan, isOnly: boolean): unknown {
  if (isOnly || !(thrown instanceof SluiceError)) return thrown;
  const { code, message, field } = thrown;
  return new SluiceError(code, `${appId}: ${message}`, { cause: thrown, ...(field !== undefined && { field }) });
}
