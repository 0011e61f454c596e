import { type ChildProcess, spawn } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { freePort } from "./free-port.js";

/** A daprd that runs, with components that need nothing else: echo, and a state store and a broker in memory. */
export interface RealDaprd {
  httpPort: number;
  grpcPort: number;
  stop(): Promise<void>;
}

const COMPONENTS = ["echo conversation.echo", "statestore state.in-memory", "pubsub pubsub.in-memory"];

/** The `daprd` on the PATH; without one, says that its tests are skipped. */
export function findRealDaprd(): string | undefined {
  const folders = (process.env.PATH ?? "").split(delimiter).filter((folder) => folder !== "");
  const found = folders.map((folder) => join(folder, "daprd")).find(isExecutable);
  if (found === undefined) process.stdout.write("skipped: tests that need a real daprd: there is none on PATH\n");
  return found;
}

/** Starts one on free ports of the loopback. @param appPort where it delivers messages. */
export async function startRealDaprd(program: string, appPort?: number): Promise<RealDaprd> {
  const folder = await mkdtemp(join(tmpdir(), "sluice-daprd-"));
  const documents = COMPONENTS.map((component) => {
    const [name, type] = component.split(" ");
    return `apiVersion: dapr.io/v1alpha1\nkind: Component\nmetadata: {name: ${name}}\nspec: {type: ${type}, version: v1}\n`;
  });
  await writeFile(join(folder, "components.yaml"), documents.join("---\n"));
  const [httpPort = 0, grpcPort = 0, internal = 0, metrics = 0] = await Promise.all(
    Array.from({ length: 4 }, freePort),
  );
  const ports = { "dapr-http-port": httpPort, "dapr-grpc-port": grpcPort, "dapr-internal-grpc-port": internal };
  const flags = { "app-id": "real", "resources-path": folder, ...ports, "metrics-port": metrics, "log-level": "warn" };
  const words = Object.entries(flags).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const app = appPort === undefined ? [] : ["--app-port", String(appPort)];
  const child = spawn(program, [...words, ...app], { cwd: folder, stdio: "ignore" });
  await untilHealthy(httpPort, child);
  return {
    httpPort,
    grpcPort,
    stop: async () => {
      await stop(child);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

async function untilHealthy(port: number, child: ChildProcess): Promise<void> {
  for (;;) {
    if (child.exitCode !== null) throw new Error(`daprd ended with ${child.exitCode}`);
    const healthy = await fetch(`http://127.0.0.1:${port}/v1.0/healthz`).then(
      ({ status }) => status === 204,
      () => false,
    );
    if (healthy) return;
    await new Promise<void>((resolve) => setImmediate(resolve));
  }
}

function stop(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) resolve();
    child.once("exit", () => resolve());
    child.kill("SIGKILL");
  });
}
