import { type Meter, metrics, type Tracer, trace } from "@opentelemetry/api";
import { type Clock, systemClock } from "../base/clock.js";
import type { ChatEvent } from "../stream/chat-event.js";
import { type Check, callable, clock as checkClock, exactly, having, jsonObject } from "../stream/checks.js";
import { type Conventions, conventionsOf, SCOPE } from "./gen-ai-names.js";
import { Instruments } from "./instruments.js";

/** Removes from a text what must not leave this process. */
export type Scrub = (text: string) => string;

/** Adds up what a stream costs; a `CostMeter` of `sluice/models` is one. */
export interface CostCounter {
  /** Takes one event of the stream. */
  push(event: ChatEvent): void;
  /** USD until now, or `undefined` where that is not known. */
  readonly total: number | undefined;
}

/** Settings of `traced` and `toolSpans`. */
export interface TelemetryOptions {
  /** Default: the one that is registered with `@opentelemetry/api` when a call is made. */
  tracer?: Tracer;
  /** Default: the one that is registered with `@opentelemetry/api` when a call is made. */
  meter?: Meter;
  /**
   * Records what is asked and answered, and the arguments and results of tools: each text as this function returns it.
   * `(text) => text` records all as it is. Default: no content leaves, and of an error only its code.
   */
  content?: Scrub;
  /** Counts what a call costs: `(id) => new CostMeter(id)`. Default: the cost is not recorded. */
  cost?: (modelId: string) => CostCounter;
  /** Where `OTEL_SEMCONV_STABILITY_OPT_IN` is looked up. Default `process.env`, where there is one. */
  env?: Readonly<Record<string, string | undefined>>;
  /** Measures what the metrics hold. Default: the machine's. */
  clock?: Clock;
}

/** What these settings may hold. */
export const TELEMETRY_OPTIONS: Check = exactly("telemetry", {
  tracer: having("a tracer of OpenTelemetry", "startSpan"),
  meter: having("a meter of OpenTelemetry", "createHistogram"),
  content: callable,
  cost: callable,
  env: jsonObject,
  clock: checkClock,
} satisfies Record<keyof TelemetryOptions, Check>);

/** Options with their defaults, and what they stand for now. */
export class Telemetry {
  readonly content: Scrub | undefined;
  readonly cost: TelemetryOptions["cost"];
  readonly clock: Clock;
  readonly conventions: Conventions;
  readonly #options: TelemetryOptions;
  #instruments: Instruments | undefined;

  /** @throws {SluiceError} `invalid-argument` for unknown options. */
  constructor(options: TelemetryOptions) {
    TELEMETRY_OPTIONS(options, "");
    const { content, cost, clock = systemClock, env = environment() } = options;
    this.#options = options;
    this.content = content;
    this.cost = cost;
    this.clock = clock;
    this.conventions = conventionsOf(env);
  }

  /** An application may register its providers after it has made its models, so this is asked for each call. */
  get tracer(): Tracer {
    return this.#options.tracer ?? trace.getTracer(SCOPE);
  }

  /** As `tracer`. */
  get instruments(): Instruments {
    const meter = this.#options.meter ?? metrics.getMeter(SCOPE);
    if (this.#instruments?.meter !== meter) this.#instruments = new Instruments(meter, this.conventions);
    return this.#instruments;
  }
}

function environment(): Readonly<Record<string, string | undefined>> {
  return typeof process === "undefined" ? {} : process.env;
}
