import { messageOf } from "../../stream/error.js";
import { announceApp } from "./announce-app.js";
import type { AppConsole } from "./app-console.js";
import { appEnvironment } from "./app-environment.js";
import type { AppPlan } from "./app-plan.js";
import { type AppSidecar, startAppSidecar } from "./app-sidecar.js";
import { exitCodeOfEnd, type ManagedProcess, type ProcessEnd, startProcess } from "./managed-process.js";
import type { AppRunOptions } from "./run-options.js";
import { registerRun } from "./run-register.js";
import { type RunWorld, terminationSignal } from "./run-world.js";
import { UndoList } from "./undo-list.js";

/** An app that runs beside its sidecar. */
export interface RunningApp {
  /** Resolves to the exit code when both have ended and nothing of them is left. */
  ended: Promise<number>;
}

/**
 * Starts an app and its sidecar. The end of either ends the other.
 *
 * @throws {SluiceError} as `startAppSidecar`, and `not-found` for a program that cannot be started. What was started has
 *   ended again by then.
 */
export async function startApp(
  plan: AppPlan,
  options: AppRunOptions,
  console: AppConsole,
  world: RunWorld,
): Promise<RunningApp> {
  const undo = new UndoList();
  undo.add(() => console.close());
  try {
    const beside = await startAppSidecar(plan, options, console, world, undo);
    await registerRun(beside.env, plan.appId, beside.ports.http).then(
      (strikeOut) => undo.add(strikeOut),
      (error) =>
        console.log({ level: "debug", message: `dapr stop will not find it: ${messageOf(error)}` }, plan.logLevel),
    );
    world.termination.throwIfAborted();
    if (beside.daprd === undefined) console.say("Dapr sidecar is up and running.");
    const app = plan.command.length === 0 ? undefined : await startCommand(plan, beside, console, world, undo);
    const whose = app === undefined ? "Dapr" : "Both Dapr and your app";
    console.say(`You're up and running! ${whose} logs will appear here.`);
    return { ended: untilEnded(app, beside, console, world).finally(() => undo.run()) };
  } catch (error) {
    await undo.run();
    throw error;
  }
}

async function startCommand(
  plan: AppPlan,
  { sidecar, ports, env }: AppSidecar,
  console: AppConsole,
  world: RunWorld,
  undo: UndoList,
): Promise<ManagedProcess> {
  const app = await startProcess({
    command: plan.command,
    folder: plan.folder,
    env: { ...env, ...appEnvironment(plan, ports) },
    readsStdin: world.stdin,
    ...console.app,
    clock: world.clock,
  });
  undo.add(() => app.end("SIGTERM"));
  const { httpPort } = sidecar;
  await announceApp({ httpPort, apiToken: env.DAPR_API_TOKEN, appPid: app.pid, command: plan.command }, console);
  return app;
}

/** Waits for whichever ends first, ends the app, and says how it went. */
async function untilEnded(
  app: ManagedProcess | undefined,
  { sidecar, daprd }: AppSidecar,
  console: AppConsole,
  world: RunWorld,
): Promise<number> {
  const cause = await Promise.race([
    ...(app === undefined ? [] : [app.ended.then(() => "app" as const)]),
    ...(daprd === undefined ? [] : [daprd.ended]),
    sidecar.ended.then(() => "sidecar" as const),
    aborted(world.termination).then(() => "signal" as const),
  ]);
  const signal = terminationSignal(world) ?? "SIGTERM";
  if (cause === "signal") console.say("terminated signal received: shutting down");
  const daprdFailure = typeof cause === "object" ? exitCodeOfEnd(cause) : 0;
  if (daprdFailure !== 0) console.say(`The daprd process exited with error code: exit status ${daprdFailure}`);
  const end = app && (await endedBy(app, signal, world));
  if (end !== undefined) console.say(describeEnd(end));
  await daprd?.end("SIGTERM");
  await sidecar.stop();
  if (daprdFailure === 0) console.say("Exited Dapr successfully");
  return exitCode(cause === "app" || cause === "signal", end, daprdFailure);
}

async function endedBy(app: ManagedProcess, signal: NodeJS.Signals, { kill }: RunWorld): Promise<ProcessEnd> {
  const onKill = () => void app.end("SIGKILL");
  if (kill.aborted) onKill();
  kill.addEventListener("abort", onKill);
  try {
    return await app.end(signal);
  } finally {
    kill.removeEventListener("abort", onKill);
  }
}

/** The app's own code counts. Where the sidecar ended first and the app by our signal, it is the sidecar's. */
function exitCode(isApps: boolean, end: ProcessEnd | undefined, daprdFailure: number): number {
  if (daprdFailure !== 0) return 1;
  if (end === undefined) return 0;
  return isApps || end.code !== null ? exitCodeOfEnd(end) : 0;
}

function describeEnd({ code, signal }: ProcessEnd): string {
  if (code === 0) return "Exited App successfully";
  return `The App process exited with error code: ${code === null ? `signal ${signal}` : `exit status ${code}`}`;
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
