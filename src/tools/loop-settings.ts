import type { Clock } from "../base/clock.js";
import type { ChatMessage, ToolCallPart, ToolResultPart } from "../stream/message.js";
import type { Usage } from "../stream/usage.js";
import type { ToolObserver } from "../telemetry/tool-spans.js";
import type { InputHandler } from "./input-response.js";
import type { RepairArguments } from "./read-arguments.js";
import type { Toolbox } from "./toolbox.js";

/** How far a tool loop is, after the tools of a model call have ended. */
export interface LoopState {
  /** Model calls so far. */
  steps: number;
  /** Tokens so far, inner streams included. */
  usage: Usage;
  /** The calls of the last answer. */
  calls: readonly ToolCallPart[];
  /** Their results. */
  results: readonly ToolResultPart[];
}

/** Whether a tool loop ends here, with reason `stop`, though the model would be called again. */
export type StopCondition = (state: LoopState) => boolean;

/** Settings of a tool loop, all decided. */
export interface LoopSettings {
  /** The tools of the next model call. Without a promise, where they are known. */
  tools: () => Toolbox | Promise<Toolbox>;
  maxSteps: number;
  maxTotalTokens: number;
  concurrency: number;
  timeoutMs: number;
  maxCalls: number;
  maxResultChars: number;
  onInput: InputHandler | undefined;
  repairArguments: RepairArguments | undefined;
  observe: ToolObserver | undefined;
  throwOnError: boolean;
  stopWhen: StopCondition | undefined;
  steering: (() => readonly ChatMessage[]) | undefined;
  clock: Clock;
}
