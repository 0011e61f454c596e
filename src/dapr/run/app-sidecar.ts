import { accessSync, constants, statSync } from "node:fs";
import type { Environment } from "../../models/provider.js";
import { SluiceError } from "../../stream/error.js";
import { type Sidecar, startSidecar } from "../sidecar/sidecar.js";
import type { Upstream } from "../sidecar/sidecar-core.js";
import type { AppConsole } from "./app-console.js";
import type { SidecarPorts } from "./app-environment.js";
import type { AppPlan } from "./app-plan.js";
import { type AppResources, prepareResources } from "./app-resources.js";
import { type DaprdPorts, daprdArguments } from "./daprd-arguments.js";
import { findDaprd } from "./find-daprd.js";
import { exitCodeOfEnd, type ManagedProcess, startProcess } from "./managed-process.js";
import { checkPort, freePorts } from "./ports.js";
import type { AppRunOptions } from "./run-options.js";
import type { RunWorld } from "./run-world.js";
import type { UndoList } from "./undo-list.js";
import { outboundHealth, waitForHealth } from "./wait-for-health.js";

/** What stands beside an app. */
export interface AppSidecar {
  sidecar: Sidecar;
  /** The daprd behind it; absent where this machine has none. */
  daprd?: ManagedProcess;
  ports: SidecarPorts;
  /** The environment that they and the app have. */
  env: Environment;
}

/**
 * Starts the Sluice sidecar of an app, and behind it a daprd where there is one, and waits until both answer.
 *
 * @param undo gets how to end what was started, also when this throws.
 * @throws {SluiceError} `invalid-argument` in Dapr's words for ports that are taken and resources that cannot be loaded;
 *   `provider-error` when daprd ends before it is ready.
 */
export async function startAppSidecar(
  plan: AppPlan,
  options: AppRunOptions,
  console: AppConsole,
  world: RunWorld,
  undo: UndoList,
): Promise<AppSidecar> {
  const env = { ...world.env, ...options.variables };
  const program = options.useDaprd ? daprdFor(plan, env) : undefined;
  reportWhatRuns(program, plan, options, console);
  const development = options.development ? { development: { variables: options.variables } } : {};
  const resources = await prepareResources(plan, { env, ...development, forDaprd: program !== undefined });
  undo.add(resources.remove);
  for (const notice of resources.notices) console.log(notice, plan.logLevel);
  await checkPorts(plan, program !== undefined);
  const behind = program === undefined ? undefined : await choosePorts(plan);
  const setup = { env, console, resources, behind, signal: world.termination };
  const sidecar = await startFront(plan, options, setup);
  undo.add(() => sidecar.stop());
  const { appId, httpPort, grpcPort, metricsPort = 0 } = sidecar;
  // Whoever reads the metrics that were asked for wants those of the whole runtime.
  const ports = { http: httpPort, grpc: grpcPort, metrics: behind?.metrics ?? metricsPort };
  console.say(`Starting Dapr with id ${appId}. HTTP Port: ${httpPort}. gRPC Port: ${grpcPort}`);
  if (program === undefined || behind === undefined) return { sidecar, ports, env };
  const where = `http://127.0.0.1:${metricsPort}/metrics`;
  console.log({ level: "info", message: `metrics of conversations: ${where}` }, plan.logLevel);
  const words = daprdArguments(plan, { ...resources, resourcesPaths: resources.daprdPaths, ports: behind });
  const daprd = await startProcess({
    command: [program, ...words],
    folder: plan.folder,
    env,
    readsStdin: false,
    ...console.daprd,
    clock: world.clock,
  });
  undo.add(() => daprd.end("SIGTERM"));
  await untilHealthy(daprd, behind, console, world);
  return { sidecar, daprd, ports, env };
}

function daprdFor({ runtimePath }: AppPlan, env: Environment): string | undefined {
  const given = runtimePath === undefined ? {} : { runtimePath };
  return findDaprd({ env, ...given, isExecutable, platform: process.platform });
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

function reportWhatRuns(program: string | undefined, plan: AppPlan, options: AppRunOptions, console: AppConsole): void {
  if (program !== undefined) {
    console.say(
      `${program} runs behind the Sluice sidecar, which answers conversations and passes on everything else.`,
    );
    return;
  }
  const why = options.useDaprd ? "There is no daprd on PATH or in ~/.dapr/bin" : "daprd is not to be used";
  console.say(`${why}: the Sluice sidecar runs alone, and answers conversations only.`);
  const idle = Object.keys(plan.daprdFlags).map((flag) => `--${flag}`);
  if (idle.length > 0) {
    console.log({ level: "warning", message: `without daprd these have no effect: ${idle.join(", ")}` }, plan.logLevel);
  }
}

async function checkPorts(plan: AppPlan, withDaprd: boolean): Promise<void> {
  const named = {
    HTTPPort: plan.httpPort,
    GRPCPort: plan.grpcPort,
    MetricsPort: plan.metricsPort,
    ...(withDaprd && { InternalGRPCPort: plan.internalGrpcPort }),
  };
  for (const [name, port] of Object.entries(named)) if (port !== undefined) await checkPort(name, port);
}

async function choosePorts(plan: AppPlan): Promise<DaprdPorts> {
  const [http = 0, grpc = 0, internalGrpc = 0, metrics = 0] = await freePorts(4);
  return {
    http,
    grpc,
    internalGrpc: plan.internalGrpcPort ?? internalGrpc,
    metrics: plan.metricsPort ?? metrics,
  };
}

function startFront(
  plan: AppPlan,
  options: AppRunOptions,
  { env, console, resources, behind, signal }: FrontSetup,
): Promise<Sidecar> {
  const upstream: Upstream | undefined = behind && { http: local(behind.http), grpc: local(behind.grpc) };
  return startSidecar({
    appId: plan.appId,
    resourcesPath: resources.paths,
    env,
    signal,
    httpPort: plan.httpPort ?? 0,
    grpcPort: plan.grpcPort ?? 0,
    metricsPort: behind === undefined ? (plan.metricsPort ?? 0) : 0,
    maxBodyBytes: plan.maxBodyBytes,
    report: (notice) => console.log(notice, plan.logLevel),
    ...(options.development && { substitute: options.variables }),
    ...(options.store !== undefined && { store: options.store }),
    ...(upstream !== undefined && { upstream }),
  });
}

interface FrontSetup {
  env: Environment;
  console: AppConsole;
  resources: AppResources;
  behind: DaprdPorts | undefined;
  /** Ends the start. */
  signal: AbortSignal;
}

/** Waits for daprd. One that is not ready in time is used all the same, as `dapr run` does; one that has ended is not. */
async function untilHealthy(
  daprd: ManagedProcess,
  { http }: DaprdPorts,
  console: AppConsole,
  { clock, termination }: RunWorld,
): Promise<void> {
  console.say(`Checking if Dapr sidecar is listening on HTTP port ${http}`);
  const early = new AbortController();
  void daprd.ended.then((end) => {
    const message = `daprd ended with exit code ${exitCodeOfEnd(end)} before it was ready`;
    early.abort(new SluiceError("provider-error", message));
  });
  const signal = AbortSignal.any([termination, early.signal]);
  const isHealthy = await waitForHealth({ probe: outboundHealth(local(http)), clock, signal });
  console.say(isHealthy ? "Dapr sidecar is up and running." : "Dapr sidecar might not be responding.");
}

function local(port: number): string {
  return `http://127.0.0.1:${port}`;
}
