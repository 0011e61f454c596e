import { boolean, type Check, exactly, filledString, wholeNumber } from "../../stream/checks.js";
import { invalid } from "../../stream/error.js";
import type { ObservabilityFlags } from "../observability/observability.js";

/** Settings of a `StreamChatAgent`, its `enable…` flags included (`SLUICE_ENABLE_TRACING` and the like, each false by default). */
export interface ChatConfig extends ObservabilityFlags {
  /** The provider, as `model()` names it. Default `openai`; `SLUICE_LLM_PROVIDER`. */
  llmProvider?: string;
  /** The provider's name for the model. Default `gpt-4o-mini`; `SLUICE_MODEL`. */
  model?: string;
  /** From 0 to 2. Default 0.7; `SLUICE_TEMPERATURE`. */
  temperature?: number;
  /** The longest answer, in tokens, above 0. Default 500; `SLUICE_MAX_TOKENS`. */
  maxTokens?: number;
  /** Whether `streamChat` may be used. Default true; `SLUICE_STREAMING`. */
  streaming?: boolean;
  /** How many tokens a chunk of `streamChat` has; a whole number of at least 1. Default 1; `SLUICE_CHUNK_SIZE`. */
  chunkSize?: number;
}

const temperature: Check = (value, path) => {
  const fits = typeof value === "number" && value >= 0 && value <= 2;
  if (!fits) throw invalid(path, value, "a finite number from 0 to 2");
};

const checkConfig = exactly(
  "ChatConfig",
  {
    llmProvider: filledString,
    model: filledString,
    temperature,
    maxTokens: wholeNumber(1),
    streaming: boolean,
    chunkSize: wholeNumber(1),
    enableTracing: boolean,
    enableMetrics: boolean,
    enableLogging: boolean,
    enableAudit: boolean,
  } satisfies Record<keyof ChatConfig, Check>,
  "config",
);

const DEFAULTS: Required<ChatConfig> = {
  llmProvider: "openai",
  model: "gpt-4o-mini",
  temperature: 0.7,
  maxTokens: 500,
  streaming: true,
  chunkSize: 1,
  enableTracing: false,
  enableMetrics: false,
  enableLogging: false,
  enableAudit: false,
};

/**
 * A whole configuration: what is given, then what the environment says, then the defaults.
 *
 * @param env default: the process's environment.
 * @throws {SluiceError} `invalid-argument` for an unknown field, or a value out of its range, wherever it came from.
 */
export function chatConfig(
  given: ChatConfig = {},
  env: Readonly<Record<string, string | undefined>> = globalThis.process?.env ?? {},
): Required<ChatConfig> {
  checkConfig(given, "");
  const config = { ...DEFAULTS, ...fromEnvironment(env), ...definedOnly(given) };
  checkConfig(config, "");
  return config;
}

function fromEnvironment(env: Readonly<Record<string, string | undefined>>): ChatConfig {
  const { SLUICE_LLM_PROVIDER: llmProvider, SLUICE_MODEL: model } = env;
  return {
    ...(llmProvider && { llmProvider }),
    ...(model && { model }),
    ...numberOf(env, "SLUICE_TEMPERATURE", "temperature"),
    ...numberOf(env, "SLUICE_MAX_TOKENS", "maxTokens"),
    ...numberOf(env, "SLUICE_CHUNK_SIZE", "chunkSize"),
    ...flagOf(env, "SLUICE_STREAMING", "streaming"),
    ...flagOf(env, "SLUICE_ENABLE_TRACING", "enableTracing"),
    ...flagOf(env, "SLUICE_ENABLE_METRICS", "enableMetrics"),
    ...flagOf(env, "SLUICE_ENABLE_LOGGING", "enableLogging"),
    ...flagOf(env, "SLUICE_ENABLE_AUDIT", "enableAudit"),
  };
}

function numberOf(
  env: Readonly<Record<string, string | undefined>>,
  variable: string,
  field: keyof ChatConfig,
): object {
  const text = env[variable]?.trim();
  if (text === undefined || text === "") return {};
  const value = Number(text);
  if (Number.isNaN(value)) throw invalid(variable, text, "a number");
  return { [field]: value };
}

function flagOf(
  env: Readonly<Record<string, string | undefined>>,
  variable: string,
  field: keyof ChatConfig,
): ChatConfig {
  const text = env[variable];
  if (text === undefined || text === "") return {};
  if (/^(true|1|yes|on)$/i.test(text)) return { [field]: true };
  if (/^(false|0|no|off)$/i.test(text)) return { [field]: false };
  throw invalid(variable, text, "true or false");
}

function definedOnly(given: ChatConfig): ChatConfig {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}
