import { homedir } from "node:os";
import { basename, dirname, isAbsolute, join, resolve } from "node:path";
import { isJsonObject, type JsonObject, type JsonValue } from "../../base/json.js";
import { invalid, messageOf, SluiceError } from "../../stream/error.js";
import type { Notice } from "../resources/notice.js";
import { parseYaml } from "../resources/parse-yaml.js";
import { type AppPlan, planApp } from "./app-plan.js";
import { type LogDestination, readLogDestination } from "./log-destination.js";
import type { LogLevel } from "./log-level.js";
import { RUN_SETTINGS, type RunSettingKey } from "./run-settings.js";

/** What a run file describes. */
export interface RunFile {
  apps: AppPlan[];
  /** What the file says that is not used here. */
  notices: Notice[];
}

/** Settings of `readRunFile`. */
export interface RunFileOptions {
  /** Where the file is: paths in it are relative to its folder. */
  path: string;
  /** Whether a folder or file is there. */
  exists(path: string): boolean;
  /** Of apps for which the file sets none. */
  logLevel: LogLevel;
  /** What `~` means. Default: the user's home folder. */
  home?: string;
}

/** Fields of both parts beside the settings with one value. */
const SHARED_FIELDS = ["env", "resourcesPath", "resourcesPaths", "appLogDestination", "daprdLogDestination"];
/** Fields of an app beside those. */
const APP_FIELDS = ["appDirPath", "command"];

/**
 * Reads a run file (`dapr.yaml`), version 1: several apps, and what they have in common. What an app sets wins.
 * Format: https://docs.dapr.io/developing-applications/local-development/multi-app-dapr-run/multi-app-template/.
 *
 * @throws {SluiceError} `invalid-argument` that names the field, for example `apps[1].appPort`.
 */
export function readRunFile(text: string, options: RunFileOptions): RunFile {
  const reader = new RunFileReader(options);
  return { apps: reader.read(parsed(text)), notices: reader.notices };
}

function parsed(text: string): JsonValue {
  try {
    return parseYaml(text);
  } catch (cause) {
    const reason = messageOf(cause);
    throw new SluiceError("invalid-argument", `error in parsing the provided app config file: ${reason}`, { cause });
  }
}

class RunFileReader {
  readonly notices: Notice[] = [];
  readonly #options: RunFileOptions;
  readonly #folder: string;

  constructor(options: RunFileOptions) {
    this.#options = options;
    this.#folder = resolve(dirname(options.path));
  }

  read(file: JsonValue): AppPlan[] {
    if (!isJsonObject(file)) throw invalid("the run file", file, "an object with version and apps");
    if (file.version === undefined || file.version === null || file.version === 0) {
      throw missing("version", "required field 'version' not found in the provided run template file");
    }
    if (String(file.version) !== "1") throw invalid("version", file.version, "1");
    const common = objectAt(file.common, "common");
    this.#warnOfUnused(common, "common", [...sharedKeys(), ...SHARED_FIELDS]);
    const apps = listAt(file.apps, "apps");
    if (apps.length === 0) throw invalid("apps", file.apps, "a list with at least one app");
    return apps.map((app, i) => this.#app(objectAt(app, `apps[${i}]`), `apps[${i}]`, common));
  }

  #app(app: JsonObject, path: string, common: JsonObject): AppPlan {
    this.#warnOfUnused(app, path, [...allKeys(), ...SHARED_FIELDS, ...APP_FIELDS]);
    const folder = this.#appFolder(app, path);
    const values: { [key in RunSettingKey]?: unknown } = {};
    const fromCommon = new Set<string>();
    for (const { key, kind, shared } of RUN_SETTINGS) {
      const own = isSet(app[key]);
      const value = own ? app[key] : shared ? common[key] : undefined;
      if (!isSet(value)) continue;
      if (!own) fromCommon.add(key);
      const base = own ? folder : this.#folder;
      values[key] = kind === "path" && typeof value === "string" ? this.#absolute(base, value) : value;
    }
    const local = join(folder, ".dapr", "config.yaml");
    if (!isSet(app.configFilePath) && this.#options.exists(local)) values.configFilePath = local;
    return planApp(values, {
      defaultAppId: () => basename(folder),
      defaultLogLevel: this.#options.logLevel,
      command: listAt(app.command, `${path}.command`).map((word, i) => scalarAt(word, `${path}.command[${i}]`)),
      folder,
      env: { ...variables(common.env, "common.env"), ...variables(app.env, `${path}.env`) },
      resourcesPaths: this.#resources(app, path, folder, common),
      logs: {
        app: destination("appLogDestination", app, path, common),
        daprd: destination("daprdLogDestination", app, path, common),
      },
      pathOf: (key) => `${fromCommon.has(key) ? "common" : path}.${key}`,
    });
  }

  #appFolder({ appDirPath }: JsonObject, path: string): string {
    const field = `${path}.appDirPath`;
    if (!isSet(appDirPath)) {
      throw missing(field, "required field 'appDirPath' not found in the provided app config file");
    }
    const folder = this.#absolute(this.#folder, scalarAt(appDirPath, field));
    if (!this.#options.exists(folder)) throw invalid(field, folder, "a folder that is there");
    return folder;
  }

  /** The app's own, then `.dapr/resources` in its folder, then those that all share; nothing means Dapr's usual folder. */
  #resources(app: JsonObject, path: string, folder: string, common: JsonObject): string[] {
    const own = this.#resourcesOf(app, path, folder);
    if (own.length > 0) return own;
    const local = join(folder, ".dapr", "resources");
    return this.#options.exists(local) ? [local] : this.#resourcesOf(common, "common", this.#folder);
  }

  #resourcesOf({ resourcesPaths, resourcesPath }: JsonObject, path: string, base: string): string[] {
    const listed = typeof resourcesPaths === "string" ? resourcesPaths.split(/\s*,\s*/) : resourcesPaths;
    const several = listAt(listed, `${path}.resourcesPaths`).map((item, i) =>
      scalarAt(item, `${path}.resourcesPaths[${i}]`),
    );
    const one = isSet(resourcesPath) ? [scalarAt(resourcesPath, `${path}.resourcesPath`)] : [];
    return [...several, ...one].map((item) => this.#absolute(base, item));
  }

  #absolute(base: string, path: string): string {
    const home = this.#options.home ?? homedir();
    const full = path === "~" || path.startsWith("~/") ? join(home, path.slice(1)) : path;
    return isAbsolute(full) ? full : join(base, full);
  }

  #warnOfUnused(object: JsonObject, path: string, used: readonly string[]): void {
    for (const key of Object.keys(object)) {
      if (!used.includes(key)) this.notices.push({ level: "warning", message: `${path}.${key} is not used` });
    }
  }
}

/** What the app sets, or else what all share. */
function destination(
  key: "appLogDestination" | "daprdLogDestination",
  app: JsonObject,
  path: string,
  common: JsonObject,
): LogDestination {
  return isSet(app[key])
    ? readLogDestination(app[key], `${path}.${key}`)
    : readLogDestination(common[key], `common.${key}`);
}

function allKeys(): string[] {
  return RUN_SETTINGS.map(({ key }) => key);
}

function sharedKeys(): string[] {
  return RUN_SETTINGS.filter(({ shared }) => shared).map(({ key }) => key);
}

function isSet(value: JsonValue | undefined): value is JsonValue {
  return value !== undefined && value !== null && value !== "";
}

function missing(field: string, message: string): SluiceError {
  return new SluiceError("invalid-argument", `${field}: ${message}`, { field });
}

function objectAt(value: JsonValue | undefined, path: string): JsonObject {
  if (!isSet(value)) return {};
  if (!isJsonObject(value)) throw invalid(path, value, "an object");
  return value;
}

function listAt(value: JsonValue | undefined, path: string): readonly JsonValue[] {
  if (!isSet(value)) return [];
  if (!Array.isArray(value)) throw invalid(path, value, "a list");
  return value;
}

function scalarAt(value: JsonValue | undefined, path: string): string {
  if (value === undefined || value === null || typeof value === "object") throw invalid(path, value, "a text");
  return String(value);
}

function variables(value: JsonValue | undefined, path: string): Record<string, string> {
  return Object.fromEntries(
    Object.entries(objectAt(value, path)).map(([name, item]) => [name, scalarAt(item ?? "", `${path}.${name}`)]),
  );
}
