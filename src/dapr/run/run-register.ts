import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { isJsonObject, parseJson } from "../../base/json.js";
import type { Environment } from "../../models/provider.js";
import { homeOf } from "./find-daprd.js";

/** An app that runs beside a sidecar on this machine. */
export interface RegisteredRun {
  appId: string;
  /** Of its sidecar, whose end is the end of the app. */
  httpPort: number;
  /** Where it is written down. */
  file: string;
}

/** Writes down that an app runs, for `dapr stop`; returns how to strike it out. */
export async function registerRun(env: Environment, appId: string, httpPort: number): Promise<() => Promise<void>> {
  const folder = folderOf(env);
  const file = join(folder, `${httpPort}.json`);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await writeFile(file, JSON.stringify({ appId, httpPort }), { mode: 0o600 });
  return () => rm(file, { force: true });
}

/** The runs of an app that are written down. One whose process was killed may be among them. */
export async function registeredRuns(env: Environment, appId: string): Promise<RegisteredRun[]> {
  const folder = folderOf(env);
  const names = await readdir(folder).catch(() => []);
  const runs = await Promise.all(names.map((name) => readRun(join(folder, name))));
  return runs.filter((run) => run?.appId === appId).filter((run) => run !== undefined);
}

async function readRun(file: string): Promise<RegisteredRun | undefined> {
  try {
    const json = parseJson(await readFile(file, "utf8"));
    if (!isJsonObject(json) || typeof json.appId !== "string" || typeof json.httpPort !== "number") return undefined;
    return { appId: json.appId, httpPort: json.httpPort, file };
  } catch {
    return undefined;
  }
}

function folderOf(env: Environment): string {
  return join(homeOf(env), ".dapr", "sluice-runs");
}
