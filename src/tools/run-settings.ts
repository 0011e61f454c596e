import type { Clock } from "../base/clock.js";
import type { CallContext } from "../stream/call-context.js";
import type { ChatMessage } from "../stream/message.js";
import type { Slots } from "../stream/slots.js";
import type { ToolObserver } from "../telemetry/tool-spans.js";
import type { InputHandler } from "./input-response.js";
import type { RepairArguments } from "./read-arguments.js";
import type { Tool } from "./tool.js";

/** What the runs of one model call have in common. */
export interface RunSettings {
  tools: { get(name: string): Tool | undefined; readonly names: readonly string[] };
  /** Tools that the request brought: their calls are the caller's to answer. */
  callersTools: ReadonlySet<string>;
  messages: readonly ChatMessage[];
  slots: Slots;
  /** Ms, for tools without a limit of their own. */
  timeoutMs: number;
  clock: Clock;
  /** The most characters of a result as JSON. */
  maxResultChars: number;
  onInput: InputHandler | undefined;
  repairArguments: RepairArguments | undefined;
  observe: ToolObserver | undefined;
  /** Of the stream that the call belongs to. */
  context: CallContext | undefined;
  /** An id that no request has yet, about a call. */
  requestId: (callId: string) => string;
  /** Numbers the inner streams of a tool and call. */
  nextAttempt: (name: string, callId: string) => number;
}
