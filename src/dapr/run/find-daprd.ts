import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import type { Environment } from "../../models/provider.js";

/** What `findDaprd` looks at. */
export interface DaprdSearch {
  env: Environment;
  /** The folder in which `dapr init` made its `.dapr`. Default `DAPR_RUNTIME_PATH`, then the home folder. */
  runtimePath?: string;
  /** Whether a file is there and may be run. */
  isExecutable(path: string): boolean;
  platform: NodeJS.Platform;
}

/**
 * Where daprd is: in the runtime path that was given, on `PATH`, or where `dapr init` puts it (`~/.dapr/bin`).
 * `undefined` where it is in none of them.
 */
export function findDaprd({ env, runtimePath, isExecutable, platform }: DaprdSearch): string | undefined {
  const name = platform === "win32" ? "daprd.exe" : "daprd";
  const given = runtimePath ?? env.DAPR_RUNTIME_PATH;
  const folders = [
    ...(given ? [join(given, ".dapr", "bin")] : []),
    ...(env.PATH ?? "").split(delimiter).filter((folder) => folder !== ""),
    join(homeOf(env), ".dapr", "bin"),
  ];
  return folders.map((folder) => join(folder, name)).find(isExecutable);
}

/** The user's home folder. */
export function homeOf(env: Environment): string {
  return env.HOME || env.USERPROFILE || homedir();
}
