import { existsSync, rmSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Environment } from "../../models/provider.js";
import { SluiceError } from "../../stream/error.js";
import type { Notice } from "../resources/notice.js";
import type { AppPlan } from "./app-plan.js";
import { atProcessExit } from "./at-process-exit.js";
import { haveNoResources, writeDefaultComponent } from "./default-component.js";
import { homeOf } from "./find-daprd.js";
import { writeSubstitutedCopy } from "./substituted-copy.js";

/** Where an app's resources are found. */
export interface AppResources {
  /** For the Sluice sidecar. */
  paths: readonly string[];
  /** For daprd: the same, or a copy in which values stand for `${NAME}`. */
  daprdPaths: readonly string[];
  /** daprd's Configuration; absent for none. */
  configFile?: string;
  notices: readonly Notice[];
  /** Removes what was written. */
  remove(): Promise<void>;
}

/** Settings of `prepareResources`. */
export interface ResourcesSetup {
  env: Environment;
  /** A development run: with a default component if there is none, and these values for `${NAME}`. */
  development?: { variables: Readonly<Record<string, string>> };
  /** Whether a daprd will read them, too. */
  forDaprd: boolean;
}

/**
 * Finds an app's resources, and makes what is missing.
 *
 * @throws {SluiceError} `invalid-argument` in the words of `dapr run` where a folder is missing.
 */
export async function prepareResources(plan: AppPlan, setup: ResourcesSetup): Promise<AppResources> {
  const { env, development, forDaprd } = setup;
  const dapr = join(plan.runtimePath ?? (env.DAPR_RUNTIME_PATH || homeOf(env)), ".dapr");
  const usual = plan.resourcesPaths.length > 0 ? plan.resourcesPaths : [join(dapr, "components")];
  const configFile = plan.configFile ?? existing(join(dapr, "config.yaml"));
  const config = configFile === undefined ? {} : { configFile };
  if (development === undefined) {
    for (const folder of usual) if (!existsSync(folder)) throw missingFolder(folder);
    return { paths: usual, daprdPaths: usual, ...config, notices: [], remove: async () => {} };
  }
  const temporary = await mkdtemp(join(tmpdir(), "sluice-dapr-"));
  const callOffExit = atProcessExit(() => rmSync(temporary, { recursive: true, force: true }));
  const remove = async () => {
    await rm(temporary, { recursive: true, force: true });
    callOffExit();
  };
  const { variables } = development;
  try {
    // Dapr's usual folder is for what runs on this machine at all times; a development run has its own or none.
    const wanted = plan.resourcesPaths.filter((folder) => existsSync(folder));
    if (haveNoResources(wanted)) {
      await writeDefaultComponent(temporary);
      const where = plan.resourcesPaths.join(", ") || "no resources path";
      const message = `no components (${where}): the component echo stands in`;
      return { paths: [temporary], daprdPaths: [temporary], ...config, notices: [{ level: "info", message }], remove };
    }
    const missing = plan.resourcesPaths.filter((folder) => !wanted.includes(folder));
    const notices = missing.map((folder): Notice => ({ level: "warning", message: `${folder}: no such folder` }));
    const daprdPaths: string[] = [];
    for (const folder of forDaprd ? wanted : []) {
      const copy = join(temporary, String(daprdPaths.length));
      await writeSubstitutedCopy(folder, copy, [variables, env]);
      daprdPaths.push(copy);
    }
    return { paths: wanted, daprdPaths, ...config, notices, remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

function existing(path: string): string | undefined {
  return existsSync(path) ? path : undefined;
}

function missingFolder(folder: string): SluiceError {
  const message = `error validating resources path "${folder}" : stat ${folder}: no such file or directory`;
  return new SluiceError("invalid-argument", message, { field: "resourcesPath" });
}
