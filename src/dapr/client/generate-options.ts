import type { JsonValue } from "../../base/json.js";
import { CALL_OPTIONS as CALL_FIELDS } from "../../stream/call-options.js";
import type { CallOptions } from "../../stream/chat-model.js";
import type { ChatRequest } from "../../stream/chat-request.js";
import {
  anything,
  boolean,
  type Check,
  checkedObject,
  exactly,
  filledString,
  record,
  string,
} from "../../stream/checks.js";
import { invalid } from "../../stream/error.js";
import type { ConverseOptions } from "../converse/converse-options.js";
import { type InputResponseFormat, readInputFormat } from "./input-format.js";
import { type InputMessages, readInputMessages } from "./input-messages.js";
import { type InputTool, type InputToolChoice, readInputToolChoice, readInputTools } from "./input-tools.js";

/** Whether personal data is taken out, of both what is sent and what is answered (`true`) or of one of them. */
export type ScrubPii = boolean | { input?: boolean; output?: boolean };

/** What Dapr's API takes beside what is asked, in the client's terms. */
export interface DaprCallOptions {
  /** The conversation to continue, where the sidecar (or `store`, in process) keeps conversations; else only given back. */
  contextId?: string;
  /** Takes personal data out of what is sent, of what is answered, or of both. Default: of neither. */
  scrubPII?: ScrubPii;
  /** Parameters for the component. daprd gives them back with answers of Alpha1 and does nothing else with them. */
  parameters?: Readonly<Record<string, JsonValue>>;
  /** How long the provider keeps the prompt in its cache, in ms. */
  promptCacheRetentionMs?: number;
}

/** What `model` takes: what every call of the model has in common. */
export interface DaprModelOptions extends DaprCallOptions {
  /** Default: the client's. */
  component?: string;
}

/** What `generate` and `generateStream` take. */
export interface GenerateOptions extends DaprCallOptions, Omit<CallOptions, "streaming" | "retain"> {
  /** A text, messages as dictionaries with `role` and `content`, or those of Sluice. */
  messages: InputMessages;
  /** Whether the answer comes in pieces. Default false. */
  stream?: boolean;
  /** The component to ask. Default: the client's. */
  llmComponent?: string;
  /** 0 to 2. A plain daprd takes 0 for one that is not set, which a warning of the answer says. */
  temperature?: number;
  /** Upper limit on the answer, in tokens. daprd knows it from release 1.19 on. */
  maxTokens?: number;
  /** Tools that the model may call. They are not run here. */
  tools?: readonly InputTool[];
  /** Default: `auto` where there are tools. */
  toolChoice?: InputToolChoice;
  /** A form of Sluice's or OpenAI's, or a schema of any library. Default: text. */
  responseFormat?: InputResponseFormat;
  /** Labels that the provider keeps with the call, where it can. */
  metadata?: Record<string, string>;
}

/** The options of a call, by what they are for. */
export interface Asked {
  request: ChatRequest;
  component: string | undefined;
  converse: ConverseOptions;
  call: CallOptions;
}

const scrub: Check = (value, path) => {
  if (typeof value === "boolean") return;
  exactly("scrubPII", { input: boolean, output: boolean })(value, path);
};

const CALL_OPTIONS = {
  contextId: filledString,
  scrubPII: scrub,
  parameters: record("an object of JSON values", anything),
  promptCacheRetentionMs: positive,
} satisfies Record<keyof DaprCallOptions, Check>;

const MODEL = exactly("model", {
  ...CALL_OPTIONS,
  component: filledString,
} satisfies Record<keyof DaprModelOptions, Check>);

const { streaming: _streaming, retain: _retain, ...OF_CALLS } = CALL_FIELDS;
/** Fields whose values are read or checked where they are used are only named here, so that others are refused. */
const OPTIONS = exactly("generate", {
  ...CALL_OPTIONS,
  messages: { required: anything },
  stream: boolean,
  llmComponent: filledString,
  temperature: anything,
  maxTokens: anything,
  tools: anything,
  toolChoice: anything,
  responseFormat: anything,
  metadata: record("an object of strings", string),
  ...OF_CALLS,
} satisfies Record<keyof GenerateOptions, unknown>);

/**
 * Reads the options of a call.
 *
 * @throws {SluiceError} `invalid-argument`, naming the field.
 */
export function readGenerateOptions(options: GenerateOptions): Asked {
  OPTIONS(checkedObject(options, "options", "an object with messages"), "");
  const { messages, tools, toolChoice, responseFormat, temperature, maxTokens, metadata } = options;
  const { context, signal, timeouts, retry, headers, onWire } = options;
  return {
    request: {
      messages: readInputMessages(messages),
      ...(tools !== undefined && { tools: readInputTools(tools) }),
      ...(toolChoice !== undefined && { toolChoice: readInputToolChoice(toolChoice) }),
      ...(responseFormat !== undefined && { responseFormat: readInputFormat(responseFormat) }),
      ...(temperature !== undefined && { temperature }),
      ...(maxTokens !== undefined && { maxTokens }),
      ...(metadata !== undefined && { metadata }),
    },
    component: options.llmComponent,
    converse: readCallOptions(options),
    call: {
      ...(context !== undefined && { context }),
      ...(signal !== undefined && { signal }),
      ...(timeouts !== undefined && { timeouts }),
      ...(retry !== undefined && { retry }),
      ...(headers !== undefined && { headers }),
      ...(onWire !== undefined && { onWire }),
    },
  };
}

/** @throws {SluiceError} `invalid-argument`, naming the field. */
export function checkModelOptions(options: DaprModelOptions): void {
  MODEL(options, "");
}

/** The options of Dapr's API as its requests have them. */
export function readCallOptions(options: DaprCallOptions): ConverseOptions {
  const { contextId, scrubPII, parameters, promptCacheRetentionMs } = options;
  const { input, output } = typeof scrubPII === "boolean" ? { input: scrubPII, output: scrubPII } : (scrubPII ?? {});
  return {
    ...(contextId !== undefined && { contextId }),
    ...(input !== undefined && { scrubInput: input }),
    ...(output !== undefined && { scrubOutput: output }),
    ...(parameters !== undefined && { parameters }),
    ...(promptCacheRetentionMs !== undefined && { promptCacheRetentionMs }),
  };
}

function positive(value: unknown, path: string): void {
  if (typeof value !== "number" || !(value > 0)) throw invalid(path, value, "ms above 0");
}
