import { type Attributes, type Context, context as contexts, type Span, SpanKind, trace } from "@opentelemetry/api";
import type { JsonValue } from "../base/json.js";
import type { CallContext } from "../stream/call-context.js";
import { SluiceError } from "../stream/error.js";
import { recordContent } from "./content.js";
import { ATTRIBUTE, OPERATION, OWN } from "./gen-ai-names.js";
import { failSpan } from "./span-status.js";
import { Telemetry, type TelemetryOptions } from "./telemetry.js";
import { inside, parentOf } from "./trace-parent.js";

/** A run of a tool that begins. */
export interface ToolRun {
  /** The tool's name. */
  name: string;
  /** What the model learns of it. */
  description?: string;
  /** The id of the call that it answers. */
  callId: string;
  /** The arguments, as the model made them. */
  input: JsonValue;
  /** The context of the stream that the call belongs to. */
  context: CallContext | undefined;
}

/** A run of a tool while it is watched. One of `end`, `fail` and `suspend` is called, once. */
export interface ToolObservation {
  /** What the calls inside are given as their context. */
  readonly context: CallContext | undefined;
  /** Runs what the tool does, as something that belongs to this observation. */
  within<T>(run: () => T): T;
  /** It returned this. */
  end(output: JsonValue): void;
  /** It failed, or nobody wants its result any more. */
  fail(thrown: unknown): void;
  /** It waits for somebody's answer, and runs again with it. */
  suspend(): void;
}

/** Watches the runs of tools; `withTools` takes one as `observe`. */
export interface ToolObserver {
  /** A tool begins to run. */
  begin(run: ToolRun): ToolObservation;
}

/**
 * Makes a span `execute_tool NAME` of each run of a tool, and counts how long it took where the conventions have a metric for it.
 * Arguments and results are recorded only where `content` says how they are scrubbed.
 *
 * @throws {SluiceError} `invalid-argument` for unknown options.
 * @example
 * ```ts
 * import { toolSpans } from "sluice/telemetry";
 *
 * const observe = toolSpans(); // for `withTools(traced(model), tools, { observe })`
 * ```
 */
export function toolSpans(options: TelemetryOptions = {}): ToolObserver {
  const telemetry = new Telemetry(options);
  return { begin: (run) => new ToolSpan(run, telemetry) };
}

class ToolSpan implements ToolObservation {
  readonly context: CallContext | undefined;
  readonly #telemetry: Telemetry;
  readonly #span: Span;
  readonly #active: Context;
  readonly #attributes: Attributes;
  readonly #began: number;
  #over = false;

  constructor({ name, description, callId, input, context }: ToolRun, telemetry: Telemetry) {
    this.#telemetry = telemetry;
    this.#attributes = { [ATTRIBUTE.operation]: OPERATION.executeTool, [ATTRIBUTE.toolName]: name };
    const attributes = {
      ...this.#attributes,
      [ATTRIBUTE.toolType]: "function",
      [ATTRIBUTE.toolCallId]: callId,
      ...(description !== undefined && { [ATTRIBUTE.toolDescription]: description }),
    };
    const parent = parentOf(context);
    const { tracer, content, clock } = telemetry;
    const kind = SpanKind.INTERNAL;
    this.#span = tracer.startSpan(`${OPERATION.executeTool} ${name}`, { kind, attributes }, parent);
    this.#active = trace.setSpan(parent, this.#span);
    this.#began = clock.now();
    this.context = inside(this.#span, context);
    this.#record(ATTRIBUTE.toolArguments, input, content);
  }

  within<T>(run: () => T): T {
    return contexts.with(this.#active, run);
  }

  end(output: JsonValue): void {
    this.#record(ATTRIBUTE.toolResult, output, this.#telemetry.content);
    this.#end();
  }

  fail(thrown: unknown): void {
    const error = SluiceError.from(thrown, "tool-failed");
    if (error.code === "cancelled") {
      this.#span.setAttribute(OWN.cancelled, true);
      this.#end();
      return;
    }
    failSpan(this.#span, error, this.#telemetry.content);
    this.#end(error.code);
  }

  suspend(): void {
    this.#span.setAttribute(OWN.suspended, true);
    this.#end();
  }

  #record(name: string, value: JsonValue, content: Telemetry["content"]): void {
    if (content !== undefined && this.#span.isRecording()) recordContent(this.#span, name, () => value, content);
  }

  #end(errorType?: string): void {
    if (this.#over) return;
    this.#over = true;
    const failed = errorType !== undefined && { [ATTRIBUTE.errorType]: errorType };
    const seconds = (this.#telemetry.clock.now() - this.#began) / 1_000;
    this.#telemetry.instruments.toolDuration?.record(seconds, { ...this.#attributes, ...failed });
    this.#span.end();
  }
}
