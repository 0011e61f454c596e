import type { JsonValue } from "../base/json.js";
import { nearest } from "../base/nearest.js";
import type { ChatRequest, ReasoningEffort } from "../stream/chat-request.js";
import type { Check } from "../stream/checks.js";
import { oneOf, wholeNumber } from "../stream/checks.js";
import { invalid } from "../stream/error.js";
import { REQUEST_OPTIONS } from "../stream/validate-request.js";

/** What is sent with every turn of a chat. */
export type ChatSettings = Omit<ChatRequest, "messages">;

/** A setting of a chat: how it is read, and where it stands in a request. */
interface Setting {
  check: Check;
  get(settings: ChatSettings): JsonValue | undefined;
  /** The settings with a value that was checked, or without it. */
  with(settings: ChatSettings, value: JsonValue | undefined): ChatSettings;
}

type Plain = "temperature" | "topP" | "topK" | "maxTokens" | "seed" | "presencePenalty" | "frequencyPenalty" | "stop";

/** How hard a model can be asked to think. */
const EFFORTS: readonly ReasoningEffort[] = ["none", "minimal", "low", "medium", "high", "max"];

/** What `/set` changes, by its names. */
const SETTINGS: Readonly<Record<string, Setting>> = {
  temperature: plain("temperature"),
  topP: plain("topP"),
  topK: plain("topK"),
  maxTokens: plain("maxTokens"),
  stop: plain("stop"),
  seed: plain("seed"),
  presencePenalty: plain("presencePenalty"),
  frequencyPenalty: plain("frequencyPenalty"),
  reasoningEffort: ofReasoning("effort", oneOf(...EFFORTS)),
  reasoningTokens: ofReasoning("budgetTokens", wholeNumber(0)),
};

/** Their names. */
export const SETTING_NAMES: readonly string[] = Object.keys(SETTINGS);

/** What `/set` can be gone on with: names, and the values of one that has few. */
export function completeSetting(written: string): readonly string[] {
  return /^reasoningEffort\s/.test(written) ? EFFORTS.map((effort) => `reasoningEffort ${effort}`) : SETTING_NAMES;
}

/**
 * The settings after `/set`: with a value, or without one for the provider's default.
 *
 * @throws {SluiceError} `invalid-argument` for an unknown name, or a value that is not allowed.
 */
export function changedSetting(settings: ChatSettings, name: string, text: string): ChatSettings {
  const setting = settingOf(name);
  if (text === "") return setting.with(settings, undefined);
  const value = name === "stop" ? listOf(text) : typed(text);
  setting.check(value, name);
  return setting.with(settings, value);
}

/** Settings of these names and their values, one a line. */
export function describeSettings(settings: ChatSettings, names: readonly string[]): string {
  return names.map((name) => `  ${name.padEnd(17)} ${described(settingOf(name).get(settings))}`).join("\n");
}

function described(value: JsonValue | undefined): string {
  if (value === undefined) return "the provider's default";
  return typeof value === "string" ? value : JSON.stringify(value);
}

function settingOf(name: string): Setting {
  const setting = Object.hasOwn(SETTINGS, name) ? SETTINGS[name] : undefined;
  if (setting !== undefined) return setting;
  const near = nearest(name, SETTING_NAMES);
  throw invalid("NAME", name, `${SETTING_NAMES.join(", ")}${near.length > 0 ? ` (did you mean ${near[0]}?)` : ""}`);
}

function plain(field: Plain): Setting {
  return {
    check: REQUEST_OPTIONS[field],
    get: (settings) => settings[field],
    with: ({ [field]: _, ...rest }, value) => (value === undefined ? rest : { ...rest, [field]: value }),
  };
}

function ofReasoning(field: "effort" | "budgetTokens", check: Check): Setting {
  return {
    check,
    get: ({ reasoning }) => reasoning?.[field],
    with: ({ reasoning = {}, ...rest }, value) => {
      const { [field]: _, ...others } = reasoning;
      const changed = value === undefined ? others : { ...others, [field]: value };
      return Object.keys(changed).length === 0 ? rest : { ...rest, reasoning: changed };
    },
  };
}

function typed(text: string): JsonValue {
  const number = Number(text);
  return Number.isNaN(number) ? text : number;
}

/** A list of JSON, or one text. */
function listOf(text: string): JsonValue {
  if (!text.startsWith("[")) return [text];
  try {
    return JSON.parse(text);
  } catch {
    return [text];
  }
}
