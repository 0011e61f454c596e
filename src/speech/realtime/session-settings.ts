import { isJsonObject, type JsonObject } from "../../base/json.js";
import type { ReasoningEffort, ToolChoice, ToolDefinition } from "../../stream/chat-request.js";
import { between, boolean, exactly, filledString, list, oneOf, string, wholeNumber } from "../../stream/checks.js";
import { invalid } from "../../stream/error.js";
import { formatObject, type WireFormat } from "./wire-audio.js";

/** When a user's turn is over: after a silence; or after less of one where what they said looks complete. */
export interface TurnDetection {
  type: "server_vad" | "semantic_vad";
  /** Audio before the first word that is kept, in ms. */
  prefixPaddingMs: number;
  /** Silence that ends what somebody says, in ms. */
  silenceMs: number;
  /** How long somebody whose words look unfinished is given to go on, in ms. 0 with `server_vad`. */
  patienceMs: number;
  /** Silence after a response was heard that makes another one, in ms; absent for none. Not with `semantic_vad`. */
  idleMs: number | undefined;
  /** Whether the end of a turn makes a response. */
  createsResponse: boolean;
  /** Whether somebody who begins to speak ends a response. */
  interruptsResponse: boolean;
}

/** What a session is set to. */
export interface SessionSettings {
  instructions: string;
  /** Whether answers are spoken, or written only. */
  modality: "audio" | "text";
  /** The voice's name, as the client asked for it; empty for the server's own choice. */
  voice: string;
  inputFormat: WireFormat;
  outputFormat: WireFormat;
  /** Whether transcripts of what the user says are sent, and what they are asked with. */
  transcription: JsonObject | null;
  /** Absent: the client says when a turn is over. */
  turnDetection: TurnDetection | null;
  tools: readonly ToolDefinition[];
  toolChoice: ToolChoice;
  /** Tokens of one response; absent for no limit. */
  maxTokens: number | undefined;
  parallelToolCalls: boolean | undefined;
  reasoning: ReasoningEffort | undefined;
}

/** OpenAI's defaults (https://platform.openai.com/docs/api-reference/realtime-sessions). */
export const DEFAULT_SETTINGS: SessionSettings = {
  instructions: "",
  modality: "audio",
  voice: "",
  inputFormat: "audio/pcm",
  outputFormat: "audio/pcm",
  transcription: {},
  turnDetection: {
    type: "server_vad",
    prefixPaddingMs: 300,
    silenceMs: 500,
    patienceMs: 0,
    idleMs: undefined,
    createsResponse: true,
    interruptsResponse: true,
  },
  tools: [],
  toolChoice: "auto",
  maxTokens: undefined,
  parallelToolCalls: undefined,
  reasoning: undefined,
};

/** How long `semantic_vad` waits at most (https://platform.openai.com/docs/guides/realtime-vad), in ms. */
const EAGERNESS_MS = { low: 8_000, medium: 4_000, auto: 4_000, high: 2_000 };

const nullable = (check: (value: unknown, path: string) => void) => (value: unknown, path: string) => {
  if (value !== null) check(value, path);
};
const anything = () => {};
const voiceName = (value: unknown, path: string) => {
  if (!isJsonObject(value)) return filledString(value, path);
  exactly("a voice", { id: { required: filledString } })(value, path);
};
const format = exactly("an audio format", {
  type: oneOf("audio/pcm", "audio/pcmu", "audio/pcma"),
  rate: wholeNumber(1),
});
const tool = exactly("a function", {
  type: { required: oneOf("function") },
  name: { required: filledString },
  description: string,
  parameters: anything,
  strict: anything,
});
const turnDetection = exactly("turn detection", {
  type: { required: oneOf("server_vad", "semantic_vad") },
  threshold: between(0, 1),
  prefix_padding_ms: wholeNumber(0),
  silence_duration_ms: wholeNumber(50),
  idle_timeout_ms: nullable(between(5_000, 30_000)),
  create_response: boolean,
  interrupt_response: boolean,
  eagerness: oneOf("low", "medium", "high", "auto"),
});
const output = exactly("audio output", { format, voice: voiceName, speed: between(0.25, 1.5) });
const maxTokens = (value: unknown, path: string) => {
  if (value !== "inf") wholeNumber(1)(value, path);
};
const modalities = list("a list of audio or text", oneOf("audio", "text"), 1);

const OF_RESPONSES = {
  instructions: string,
  output_modalities: modalities,
  max_output_tokens: maxTokens,
  tools: list("a list of functions", tool),
  tool_choice: anything,
  parallel_tool_calls: boolean,
  reasoning: nullable(exactly("reasoning", { effort: string })),
  prompt: nullable(() => {
    throw invalid("prompt", "a template", "null: templates are not kept here");
  }),
};
const SESSION = exactly("a session", {
  ...OF_RESPONSES,
  type: oneOf("realtime"),
  model: string,
  include: anything,
  tracing: anything,
  truncation: anything,
  audio: exactly("audio", {
    input: exactly("audio input", {
      format,
      noise_reduction: anything,
      transcription: nullable(
        exactly("transcription", { model: string, language: string, prompt: string, delay: string }),
      ),
      turn_detection: nullable(turnDetection),
    }),
    output,
  }),
});

/** What `response.create` may say. */
export const RESPONSE = exactly("a response", {
  ...OF_RESPONSES,
  audio: exactly("audio", { output }),
  conversation: oneOf("auto", "none"),
  input: list("a list of items", anything),
  metadata: nullable(anything),
});

/**
 * The settings after `session.update`. What cannot be had here (noise reduction, tracing, the speed of a voice, a threshold)
 * stays as it is, which `session.updated` shows.
 *
 * @throws {SluiceError} `invalid-argument` for an unknown field or an invalid value.
 */
export function updatedSettings(settings: SessionSettings, session: unknown): SessionSettings {
  SESSION(session, "session");
  const fields = isJsonObject(session) ? session : {};
  const audio = objectIn(fields, "audio");
  const input = objectIn(audio, "input");
  return {
    ...responseSettings(settings, fields),
    inputFormat: formatIn(input) ?? settings.inputFormat,
    ...(input.transcription !== undefined && {
      transcription: isJsonObject(input.transcription) ? input.transcription : null,
    }),
    ...(input.turn_detection !== undefined && { turnDetection: detectionOf(input.turn_detection) }),
  };
}

/** The settings of one response: those of the session, with what `response.create` says. */
export function responseSettings(settings: SessionSettings, fields: JsonObject): SessionSettings {
  const output = objectIn(objectIn(fields, "audio"), "output");
  const {
    instructions,
    output_modalities: modalities,
    max_output_tokens: tokens,
    parallel_tool_calls: parallel,
  } = fields;
  const effort = effortOf(objectIn(fields, "reasoning").effort);
  const voice = isJsonObject(output.voice) ? output.voice.id : output.voice;
  return {
    ...settings,
    outputFormat: formatIn(output) ?? settings.outputFormat,
    ...(typeof instructions === "string" && { instructions }),
    ...(Array.isArray(modalities) && { modality: modalities.includes("audio") ? "audio" : "text" }),
    ...(typeof voice === "string" && { voice }),
    ...(Array.isArray(fields.tools) && { tools: fields.tools.filter(isJsonObject).map(toolOf) }),
    ...(fields.tool_choice !== undefined && { toolChoice: toolChoiceOf(fields.tool_choice) }),
    ...(tokens !== undefined && { maxTokens: typeof tokens === "number" ? tokens : undefined }),
    ...(typeof parallel === "boolean" && { parallelToolCalls: parallel }),
    ...(effort !== undefined && { reasoning: effort }),
  };
}

/** The settings as a session object. @param voice the name of the voice that speaks. */
export function sessionObject(settings: SessionSettings, id: string, model: string, voice: string): JsonObject {
  const { instructions, modality, inputFormat, outputFormat, transcription, maxTokens, reasoning } = settings;
  return {
    type: "realtime",
    object: "realtime.session",
    id,
    model,
    instructions,
    output_modalities: [modality],
    max_output_tokens: maxTokens ?? "inf",
    tools: settings.tools.map(toolObject),
    tool_choice: toolChoiceObject(settings.toolChoice),
    ...(settings.parallelToolCalls !== undefined && { parallel_tool_calls: settings.parallelToolCalls }),
    ...(reasoning !== undefined && { reasoning: { effort: reasoning } }),
    truncation: "auto",
    tracing: null,
    prompt: null,
    include: null,
    audio: {
      input: {
        format: formatObject(inputFormat),
        transcription,
        noise_reduction: null,
        turn_detection: detectionObject(settings.turnDetection),
      },
      output: { format: formatObject(outputFormat), voice, speed: 1 },
    },
  };
}

function detectionOf(value: unknown): TurnDetection | null {
  if (!isJsonObject(value)) return null;
  const semantic = value.type === "semantic_vad";
  const { prefix_padding_ms: prefix, silence_duration_ms: silence, idle_timeout_ms: idle, eagerness } = value;
  return {
    type: semantic ? "semantic_vad" : "server_vad",
    prefixPaddingMs: typeof prefix === "number" ? prefix : 300,
    silenceMs: typeof silence === "number" ? silence : 500,
    patienceMs: semantic ? EAGERNESS_MS[eagernessOf(eagerness)] : 0,
    idleMs: !semantic && typeof idle === "number" ? idle : undefined,
    createsResponse: value.create_response !== false,
    interruptsResponse: value.interrupt_response !== false,
  };
}

function eagernessOf(value: unknown): keyof typeof EAGERNESS_MS {
  return value === "low" || value === "high" || value === "medium" ? value : "auto";
}

function detectionObject(detection: TurnDetection | null): JsonObject | null {
  if (detection === null) return null;
  const { type, prefixPaddingMs, silenceMs, patienceMs, idleMs, createsResponse, interruptsResponse } = detection;
  const both = { type, create_response: createsResponse, interrupt_response: interruptsResponse };
  if (type === "semantic_vad") {
    const eagerness = Object.entries(EAGERNESS_MS).find(([, ms]) => ms === patienceMs)?.[0] ?? "auto";
    return { ...both, eagerness };
  }
  return {
    ...both,
    threshold: 0.5,
    prefix_padding_ms: prefixPaddingMs,
    silence_duration_ms: silenceMs,
    idle_timeout_ms: idleMs ?? null,
  };
}

function toolOf({ name, description, parameters }: JsonObject): ToolDefinition {
  return {
    name: String(name),
    ...(typeof description === "string" && { description }),
    inputSchema: isJsonObject(parameters) ? parameters : { type: "object", properties: {} },
  };
}

function toolObject({ name, description, inputSchema }: ToolDefinition): JsonObject {
  return { type: "function", name, ...(description !== undefined && { description }), parameters: inputSchema };
}

function toolChoiceOf(value: unknown): ToolChoice {
  if (value === "auto" || value === "none" || value === "required") return value;
  if (isJsonObject(value) && value.type === "function" && typeof value.name === "string") return { name: value.name };
  throw invalid("tool_choice", value, "auto, none, required, or a function by its name");
}

function toolChoiceObject(choice: ToolChoice): string | JsonObject {
  return typeof choice === "string" ? choice : { type: "function", name: choice.name };
}

function effortOf(value: unknown): ReasoningEffort | undefined {
  if (value === "xhigh") return "max";
  return value === "minimal" || value === "low" || value === "medium" || value === "high" ? value : undefined;
}

function formatIn({ format: found }: JsonObject): WireFormat | undefined {
  const type = isJsonObject(found) ? found.type : undefined;
  return type === "audio/pcm" || type === "audio/pcmu" || type === "audio/pcma" ? type : undefined;
}

function objectIn(object: JsonObject, field: string): JsonObject {
  const value = object[field];
  return isJsonObject(value) ? value : {};
}
