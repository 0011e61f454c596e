import type { Clock } from "../base/clock.js";
import type { JsonObject, JsonValue } from "../base/json.js";
import type { ConversationStore } from "../chat/conversation-store.js";
import type { GuardedHosts } from "../models/http/guarded-fetch.js";
import type { Transcriber } from "../speech/listen/transcriber.js";
import type { Voice } from "../speech/voices/voice.js";
import type { ChatModel } from "../stream/chat-model.js";
import type { Tool } from "../tools/tool.js";
import type { ToolSource } from "../tools/toolbox.js";
import type { MemoryIndex } from "./memory/memory-index.js";
import type { PromptLibrary } from "./prompts/prompt-library.js";
import type { StepType } from "./steps/step-type.js";

/** Which model a step asks for. */
export interface ModelAsked {
  /** The provider, as the step or the workflow names it, for example `gemini`. */
  provider?: string;
  /** The provider's name for the model. */
  model?: string;
  /** The id of the step. */
  step: string;
}

/** Finds the model of a step. Returns nothing for one that it does not know: the registry is asked then. */
export type ModelResolver = (asked: ModelAsked) => ChatModel | undefined;

/** A JavaScript function that steps may call: its argument is the step's inputs. */
export type WorkflowFunction = (
  inputs: JsonObject,
  context: { signal: AbortSignal; runId: string; stepId: string; idempotencyKey: string },
) => unknown;

/** What Python may be used for. */
export interface PythonOptions {
  /** The program. Default `python3`. */
  command?: string;
  /** Folders where its modules are looked for. Default: none but its own. */
  path?: readonly string[];
  /** How long one call may take, in ms. Default 60,000. */
  timeoutMs?: number;
}

/** Where `http_request` may go. */
export interface HttpOptions extends GuardedHosts {
  /** The most bytes of an answer that are read. Default 10,000,000. */
  maxBytes?: number;
}

/** What a workflow's steps can use. Everything is optional: a step that needs what is missing is refused before it runs. */
export interface WorkflowServices {
  /** Finds the models of steps: a function, or models by `provider/model`, by provider, by step id, or `*` for all others. */
  models?: ModelResolver | Readonly<Record<string, ChatModel>>;
  /** Answers where neither the step nor the workflow names a provider. */
  model?: ChatModel;
  /** Tools of `tool_call` steps, by their own names. */
  tools?: readonly (Tool | ToolSource)[];
  /** Functions of `function` steps, and in place of Python's for `python_function` steps (`module.name`). */
  functions?: Readonly<Record<string, WorkflowFunction>>;
  /** What `agent_call` steps may ask: agents and any other chat models. */
  agents?: Readonly<Record<string, ChatModel>>;
  /** Voices of `tts` steps by provider; `default` for any other. Default: as `voiceOf` finds them. */
  voices?: Readonly<Record<string, Voice>>;
  /** Listeners of `stt` steps by provider; `default` for any other. Default: OpenAI's, or what has its API. */
  transcribers?: Readonly<Record<string, Transcriber>>;
  /** What `memory_store` and `memory_retrieve` use. Default: words in this process's memory. */
  memory?: MemoryIndex;
  /** Where conversations are kept: a store, or where to find one. Default: with the run. */
  conversations?: ConversationStore | string;
  /** The prompts of `prompt_ref`. */
  prompts?: PromptLibrary;
  /** Definitions of `concept_evaluation` steps by their ids. */
  evaluations?: Readonly<Record<string, JsonObject>>;
  /** Other workflows that steps may call, by name: their documents. */
  workflows?: Readonly<Record<string, JsonValue>>;
  /** The folder that files are read from and written to. Default: the current one. */
  folder?: string;
  /** Other folders that files may be read from and written to. */
  folders?: readonly string[];
  /** Where `http_request` may go. Default: any public address. */
  http?: HttpOptions;
  /** Allows `python_function` to run Python in a process of its own. Default: it is refused. */
  python?: boolean | PythonOptions;
  /** Secrets that `http_request` may use for `auth_type`: TOKEN, USERNAME, PASSWORD, API_KEY. Default: none. */
  credentials?: Readonly<Record<string, string>>;
  /** Step types beside those that are built in. */
  stepTypes?: readonly StepType[];
  /** For waits and timeouts. Default: the machine's. */
  clock?: Clock;
}
