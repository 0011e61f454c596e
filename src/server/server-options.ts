import { nearest } from "../base/nearest.js";
import { storeOrPlace } from "../chat/check-store.js";
import type { ConversationStore } from "../chat/conversation-store.js";
import { CONNECTION_LIMITS, type ConnectionLimits } from "../listeners/connection-limits.js";
import type { EmbeddingModel } from "../models/embeddings/embedding-model.js";
import type { RunLog } from "../runs/run-log.js";
import type { Transcriber } from "../speech/listen/transcriber.js";
import type { Voice } from "../speech/voices/voice.js";
import type { ChatModel } from "../stream/chat-model.js";
import {
  boolean,
  type Check,
  callable,
  exactly,
  filledString,
  having,
  jsonObject,
  limit,
  list,
  milliseconds,
  oneOf,
  pattern,
  record,
} from "../stream/checks.js";
import { invalid } from "../stream/error.js";
import { TELEMETRY_OPTIONS, type TelemetryOptions } from "../telemetry/telemetry.js";
import type { WorkflowEngine } from "../workflows/engines/engine.js";
import type { WorkflowServices } from "../workflows/services.js";
import type { Workflow } from "../workflows/workflow.js";
import { checkPushNotifications, type PushNotificationOptions } from "./a2a/push-notifications.js";
import { type ApiKey, checkApiKeys } from "./protect/api-key.js";
import { checkFetchFiles, type FetchFiles } from "./protect/fetch-files.js";
import { checkRealtimeOptions, type RealtimeOptions } from "./realtime/realtime-options.js";
import type { RequestLog, RunLogEntry } from "./request-log.js";
import {
  checkProviderLimits,
  checkServedRoutes,
  type ProviderLimit,
  type ServedRoute,
} from "./routing/routed-models.js";
import { BESIDE } from "./served-beside.js";

/** A model, or the name of one, such as `openai/gpt-5`. */
export type ModelOrName = ChatModel | string;

/** Several under names of their own, or a list, whose names are those that they have. */
export type Served = Readonly<Record<string, ModelOrName>> | readonly ModelOrName[];

/** Settings of `createServer`. */
export interface ServerOptions {
  /** What answers. The first is asked where a client names none. */
  models?: Served;
  /** Agents: chat models that have tools of their own. */
  agents?: Served;
  /**
   * Workflows: those of `loadWorkflow`, whose runs are kept by `engine` and can be looked at step by step, or chat models that
   * are made of them.
   */
  workflows?: Readonly<Record<string, ModelOrName | Workflow>> | readonly (ModelOrName | Workflow)[];
  /** Keeps runs of workflows. Default: this process's memory. */
  engine?: WorkflowEngine;
  /**
   * What workflows may use that callers send as documents. A document can name any model: keys that may ask some models alone
   * run none. Default: none are run.
   */
  documents?: WorkflowServices;
  /**
   * Where conversations of callers are kept: a store, or where to find one (the path of a SQLite file, `postgres://…`,
   * `redis://…`). Each caller has its own. Default: the server keeps none.
   */
  conversations?: ConversationStore | string;
  /** Embedding models, or their names (`openai/text-embedding-3-small`), under names of their own. */
  embeddings?: Readonly<Record<string, EmbeddingModel | string>>;
  /** Voices, or their names (`flite`, `openai/nova`), under names of their own: for `/v1/audio/speech`. */
  voices?: Readonly<Record<string, Voice | string>>;
  /** Transcribers by name: for `/v1/audio/transcriptions`. */
  transcribers?: Readonly<Record<string, Transcriber>>;
  /** Routes: names that answer with one of several models. */
  routes?: Readonly<Record<string, ServedRoute>>;
  /** What holds for all models of one provider, by its id (`openai`). Default: no limits. */
  providers?: Readonly<Record<string, ProviderLimit>>;
  /** Other names for them; `*` stands for every unknown name. */
  aliases?: Readonly<Record<string, string>>;
  /** Where runs are logged. Default: in this process's memory. */
  log?: RunLog;
  /**
   * What happens when a client leaves before its answer is whole: the run ends (`stop`), goes on (`continue`), or goes on
   * where the client's protocol has a way to come back (`auto`, the default).
   */
  onLeave?: "stop" | "continue" | "auto";
  /**
   * Models and routes, by their names (`*`: all), whose answer another replica asks for once more where the process that made it
   * is gone and somebody still reads it: once, and only where no tool was called. Their requests then stand in the log. What runs
   * tools of its own belongs under `agents` or `workflows`, and is never asked again. Default: none; such a run ends with
   * `run-lost`.
   */
  takeover?: readonly string[];
  /** What every caller must know. Needed where other machines reach the server. Default: nothing. */
  token?: string;
  /** Keys of several callers, with what each may ask and use. Default: none. */
  keys?: readonly ApiKey[];
  /**
   * A Redis (`redis://…`) where the limits of keys are counted, for all replicas that name it. While it cannot be reached each
   * counts for itself, as without one.
   */
  sharedLimits?: string;
  /** Pages that may call the server from a browser, for example `https://app.example.com`; `*` for all. Default: none. */
  origins?: readonly string[];
  /** Names that the server is also called by, where it asks for no token. Default: those of this machine. */
  allowedHosts?: readonly string[];
  /**
   * Whether each call of a model is a span and counts in the metrics that are registered with `@opentelemetry/api`; or how. It hangs
   * below the span that a request names in `traceparent`. Default: none.
   */
  telemetry?: boolean | TelemetryOptions;
  /**
   * Fetches images and documents that clients name by address, from public addresses alone, and gives models their bytes.
   * Default: addresses go to the provider as they are, who fetches them or does not.
   */
  fetchFiles?: FetchFiles;
  /**
   * Posts tasks of A2A, when they end or wait for input, to addresses that their clients name: public ones alone, `{}` for the
   * defaults. What stands with an address (a token) is in the log of runs. Default: not served.
   */
  pushNotifications?: PushNotificationOptions;
  /** What is refused. */
  limits?: ServerLimits;
  /** How long a streamed answer may be silent before a sign of life is sent, in ms. Default 15,000. */
  keepAliveMs?: number;
  /** How long the headers of a streamed answer wait for its first word, in ms. Default 10,000. */
  patienceMs?: number;
  /**
   * What the dashboard shows beside this server: where the metrics of a Dapr sidecar, daprd's as well, are read, for example
   * `http://127.0.0.1:9090`. Default: nothing.
   */
  monitoring?: { sidecar?: string };
  /** Whether the web app is served at `/`. Default false; `sluice serve` serves it. */
  webApp?: boolean;
  /** Serves OpenAI's Realtime protocol over WebSocket at `/v1/realtime`; `{}` for the defaults. Default: not served. */
  realtime?: RealtimeOptions;
  /** Called with each request when it is over. No prompt, answer or key is in it. */
  onRequest?: (entry: RequestLog) => void;
  /** Called with each answer when it is over, with what it used. No prompt, answer or key is in it. */
  onRun?: (entry: RunLogEntry) => void;
}

/** What a server refuses of its clients. */
export interface ServerLimits extends Partial<ConnectionLimits> {
  /** The largest body of a request, in bytes. Default 32 MiB. */
  maxBodyBytes?: number;
  /** Connections at once; more are closed at once. Default 10,000. */
  maxConnections?: number;
}

const telemetry: Check = (value, path) => {
  if (typeof value !== "boolean") TELEMETRY_OPTIONS(value, path);
};
const object: Check = (value, path) => {
  if (typeof value !== "object" || value === null) throw invalid(path, value, "an object");
};
const strings = list("an array of strings", filledString);

/** Checks what the dashboard shows beside the server. */
export const checkMonitoring = exactly("monitoring", {
  sidecar: pattern("an address, for example http://127.0.0.1:9090", /^https?:\/\/[^\s/]+\/?$/),
});

const FIELDS: Readonly<Record<keyof ServerOptions, Check>> = {
  models: object,
  agents: object,
  workflows: object,
  engine: having("an engine", "begin", "resume", "show", "list"),
  documents: object,
  conversations: storeOrPlace,
  ...BESIDE,
  routes: checkServedRoutes,
  providers: checkProviderLimits,
  aliases: record("an object of names", filledString),
  log: having("a log of runs", "open", "read", "find", "stop", "forget"),
  onLeave: oneOf("stop", "continue", "auto"),
  takeover: strings,
  token: filledString,
  keys: checkApiKeys,
  sharedLimits: filledString,
  origins: strings,
  allowedHosts: strings,
  telemetry,
  fetchFiles: checkFetchFiles,
  pushNotifications: checkPushNotifications,
  limits: exactly("limits", {
    ...CONNECTION_LIMITS,
    maxBodyBytes: limit,
    maxConnections: limit,
  } satisfies Record<keyof ServerLimits, Check>),
  keepAliveMs: milliseconds,
  patienceMs: milliseconds,
  monitoring: checkMonitoring,
  webApp: boolean,
  realtime: checkRealtimeOptions,
  onRequest: callable,
  onRun: callable,
};

/** @throws {SluiceError} `invalid-argument`, naming the nearest option for an unknown one. */
export function checkServerOptions(options: ServerOptions): void {
  jsonObject(options, "options");
  for (const name of Object.keys(options)) {
    if (Object.hasOwn(FIELDS, name)) continue;
    const [near] = nearest(name, Object.keys(FIELDS));
    const hint = near === undefined ? Object.keys(FIELDS).join(", ") : `did you mean ${near}?`;
    throw invalid(name, Reflect.get(options, name), `no such option; ${hint}`);
  }
  exactly("the options of a server", FIELDS)(options, "");
}
