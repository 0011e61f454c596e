import type { Attributes, Counter, Histogram, Meter } from "@opentelemetry/api";
import type { Usage } from "../stream/usage.js";
import { ATTRIBUTE, type Conventions, SECONDS, TOKENS } from "./gen-ai-names.js";

/** Books the tokens of one call. */
type BookTokens = (usage: Usage, attributes: Attributes) => void;

/** The metrics of one meter, made once. */
export class Instruments {
  readonly meter: Meter;
  /** Of model calls, in s. */
  readonly duration: Histogram;
  /** From the request to the first read that had content, in s. */
  readonly timeToFirstChunk: Histogram;
  /** Between two reads that had content, in s. */
  readonly timePerOutputChunk: Histogram;
  /** Of runs of tools, in s; `undefined` where the conventions have none. */
  readonly toolDuration: Histogram | undefined;
  /** Books the tokens of one model call. */
  readonly tokens: BookTokens;

  constructor(meter: Meter, conventions: Conventions) {
    const { duration, timeToFirstChunk, timePerOutputChunk, toolDuration } = conventions;
    this.meter = meter;
    this.duration = seconds(meter, duration, "Duration of a model call.");
    this.timeToFirstChunk = seconds(meter, timeToFirstChunk, "Time to the first chunk of a streamed answer.");
    this.timePerOutputChunk = seconds(meter, timePerOutputChunk, "Time between two chunks of a streamed answer.");
    this.toolDuration = toolDuration === undefined ? undefined : seconds(meter, toolDuration, "Duration of a tool.");
    this.tokens = tokenBook(meter, conventions);
  }
}

function tokenBook(meter: Meter, { tokens }: Conventions): BookTokens {
  if (tokens.kind === "by-type") {
    const usage = perCall(meter, tokens.usage, "Input and output tokens of a call.");
    return ({ inputTokens, outputTokens }, attributes) => {
      if (inputTokens !== undefined) usage.record(inputTokens, { ...attributes, [ATTRIBUTE.tokenType]: "input" });
      if (outputTokens !== undefined) usage.record(outputTokens, { ...attributes, [ATTRIBUTE.tokenType]: "output" });
    };
  }
  const inputPerCall = perCall(meter, tokens.inputPerCall, "Input tokens of a call.");
  const outputPerCall = perCall(meter, tokens.outputPerCall, "Output tokens of a call.");
  const input = total(meter, tokens.input, "Input tokens.");
  const output = total(meter, tokens.output, "Output tokens.");
  const cacheRead = total(meter, tokens.cacheRead, "Input tokens that were read from the provider's cache.");
  const cacheWrite = total(meter, tokens.cacheWrite, "Input tokens that were written to the provider's cache.");
  const reasoning = total(meter, tokens.reasoning, "Output tokens that went into reasoning.");
  return (usage, attributes) => {
    if (usage.inputTokens !== undefined) {
      inputPerCall.record(usage.inputTokens, attributes);
      input.add(usage.inputTokens, attributes);
    }
    if (usage.outputTokens !== undefined) {
      outputPerCall.record(usage.outputTokens, attributes);
      output.add(usage.outputTokens, attributes);
    }
    if (usage.cacheReadTokens) cacheRead.add(usage.cacheReadTokens, attributes);
    if (usage.cacheWriteTokens) cacheWrite.add(usage.cacheWriteTokens, attributes);
    if (usage.reasoningTokens) reasoning.add(usage.reasoningTokens, attributes);
  };
}

function seconds(meter: Meter, name: string, description: string): Histogram {
  return meter.createHistogram(name, { unit: "s", description, advice: { explicitBucketBoundaries: [...SECONDS] } });
}

function perCall(meter: Meter, name: string, description: string): Histogram {
  const advice = { explicitBucketBoundaries: [...TOKENS] };
  return meter.createHistogram(name, { unit: "{token}", description, advice });
}

function total(meter: Meter, name: string, description: string): Counter {
  return meter.createCounter(name, { unit: "{token}", description });
}
