import { parse } from "yaml";
import { checkPushNotifications, type PushNotificationOptions } from "../server/a2a/push-notifications.js";
import { type ApiKey, checkApiKeys } from "../server/protect/api-key.js";
import { checkFetchFiles, type FetchFiles } from "../server/protect/fetch-files.js";
import { checkRealtimeOptions, type RealtimeOptions } from "../server/realtime/realtime-options.js";
import {
  checkProviderLimits,
  checkServedRoutes,
  type ProviderLimit,
  type ServedRoute,
} from "../server/routing/routed-models.js";
import { checkMonitoring } from "../server/server-options.js";
import { boolean, type Check, exactly, filledString, list, oneOf, record, wholeNumber } from "../stream/checks.js";
import { describe, invalid, messageOf } from "../stream/error.js";

/** What the file of `sluice serve` may say. */
export interface ServeConfig {
  /** Names such as `openai/gpt-5`, under names of their own or in a list. */
  models?: Record<string, string> | string[];
  /** Embedding models and voices, by their names, under names of their own. */
  embeddings?: Record<string, string>;
  voices?: Record<string, string>;
  routes?: Record<string, ServedRoute>;
  providers?: Record<string, ProviderLimit>;
  /** Files of workflows, under names of their own. */
  workflows?: Record<string, string>;
  /** Where runs of workflows are kept: the path of a file. Default: with those of the command, where there are workflows. */
  engine?: string;
  /**
   * Whether workflows that callers send are run, with the files of the current folder. Default: where the server asks for no key,
   * with a folder of their own.
   */
  documents?: boolean;
  /** What the dashboard shows beside the server: `sidecar`, where the metrics of a Dapr sidecar are. */
  monitoring?: { sidecar?: string };
  aliases?: Record<string, string>;
  /**
   * Where conversations of callers are kept: the path of a file, `postgres://…` or `redis://…`; `false` for nowhere. Default:
   * with those of the command.
   */
  conversations?: string | false;
  host?: string;
  port?: number;
  /** Where runs are logged and limits of keys counted: `redis://…`. Default: in memory. */
  runs?: string;
  onLeave?: "stop" | "continue" | "auto";
  /** Models and routes whose answer another replica asks for once more where the process that made it is gone. */
  takeover?: string[];
  /** Spans and metrics by what `NODE_OPTIONS` registers with `@opentelemetry/api`. */
  telemetry?: boolean;
  fetchFiles?: FetchFiles;
  /** Posts tasks of A2A to addresses that clients name, public ones alone; `{}` for the defaults. */
  pushNotifications?: PushNotificationOptions;
  origins?: string[];
  allowedHosts?: string[];
  keys?: ApiKey[];
  /** Serves OpenAI's Realtime protocol: names of voices and transcriber, and limits. */
  realtime?: RealtimeOptions;
}

const models: Check = (value, path) => {
  if (Array.isArray(value)) list("an array of names", filledString)(value, path);
  else record("an object of names", filledString)(value, path);
};

const CONFIG = exactly("the configuration", {
  models,
  embeddings: record("an object of names", filledString),
  voices: record("an object of names", filledString),
  routes: checkServedRoutes,
  providers: checkProviderLimits,
  workflows: record("an object of files", filledString),
  engine: filledString,
  documents: boolean,
  monitoring: checkMonitoring,
  aliases: record("an object of names", filledString),
  conversations: (value, path) => {
    if (value !== false) filledString(value, path);
  },
  host: filledString,
  port: wholeNumber(0),
  runs: filledString,
  onLeave: oneOf("stop", "continue", "auto"),
  takeover: list("an array of strings", filledString),
  telemetry: boolean,
  fetchFiles: checkFetchFiles,
  pushNotifications: checkPushNotifications,
  origins: list("an array of strings", filledString),
  allowedHosts: list("an array of strings", filledString),
  keys: checkApiKeys,
  realtime: checkRealtimeOptions,
});

/**
 * The configuration in a YAML (or JSON) text. `${NAME}` is the variable of that name.
 *
 * @throws {SluiceError} `invalid-argument` for what is no YAML, an unknown field, or a variable that is not set.
 */
export function readServeConfig(text: string, env: Readonly<Record<string, string | undefined>>): ServeConfig {
  const filled = text.replace(/\$\{(\w+)\}/g, (_, name: string) => {
    const value = env[name];
    if (value === undefined) throw invalid(`\${${name}}`, undefined, "a variable that is set");
    return value;
  });
  let config: unknown;
  try {
    config = parse(filled) ?? {};
  } catch (thrown) {
    throw invalid("config", describe(messageOf(thrown)), "YAML");
  }
  CONFIG(config, "");
  return config as ServeConfig;
}
