import type { Attributes, Counter, Histogram, Meter } from "@opentelemetry/api";
import type { Usage } from "../stream/usage.js";
import {
  AGENT_SECONDS,
  type AgentMetrics,
  ATTRIBUTE,
  CALLS,
  type Conventions,
  SECONDS,
  TOKENS,
} from "./gen-ai-names.js";

/** Books the tokens of one call. */
type BookTokens = (usage: Usage, attributes: Attributes) => void;

/** What is measured of runs of agents. */
export interface AgentInstruments {
  /** In s. */
  readonly duration: Histogram;
  readonly modelCalls: Histogram;
  readonly toolCalls: Histogram;
}

/** The metrics of one meter, made once. */
export class Instruments {
  readonly meter: Meter;
  /** Durations of model calls, in s. */
  readonly duration: Histogram;
  /** From the request to the first read that had content, in s. */
  readonly timeToFirstChunk: Histogram;
  /** Between two reads that had content, in s. */
  readonly timePerOutputChunk: Histogram;
  /** Durations of runs of tools, in s; `undefined` if the conventions have no such metric. */
  readonly toolDuration: Histogram | undefined;
  /** The instruments of runs of agents; `undefined` if the conventions have none. */
  readonly agents: AgentInstruments | undefined;
  /** Books the tokens of one model call. */
  readonly tokens: BookTokens;

  constructor(meter: Meter, conventions: Conventions) {
    const { duration, timeToFirstChunk, timePerOutputChunk, toolDuration, agents } = conventions;
    this.meter = meter;
    this.duration = seconds(meter, duration, "Duration of a model call.");
    this.timeToFirstChunk = seconds(meter, timeToFirstChunk, "Time to the first chunk of a streamed answer.");
    this.timePerOutputChunk = seconds(meter, timePerOutputChunk, "Time between two chunks of a streamed answer.");
    this.toolDuration = toolDuration === undefined ? undefined : seconds(meter, toolDuration, "Duration of a tool.");
    this.agents = agents && agentInstruments(meter, agents);
    this.tokens = tokenBook(meter, conventions);
  }
}

function agentInstruments(meter: Meter, { duration, modelCalls, toolCalls }: AgentMetrics): AgentInstruments {
  const calls = { unit: "{call}", advice: { explicitBucketBoundaries: [...CALLS] } };
  return {
    duration: seconds(meter, duration, "Duration of a run of an agent.", AGENT_SECONDS),
    modelCalls: meter.createHistogram(modelCalls, { description: "Model calls of a run of an agent.", ...calls }),
    toolCalls: meter.createHistogram(toolCalls, { description: "Tool calls of a run of an agent.", ...calls }),
  };
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

function seconds(meter: Meter, name: string, description: string, bounds: readonly number[] = SECONDS): Histogram {
  return meter.createHistogram(name, { unit: "s", description, advice: { explicitBucketBoundaries: [...bounds] } });
}

function perCall(meter: Meter, name: string, description: string): Histogram {
  const advice = { explicitBucketBoundaries: [...TOKENS] };
  return meter.createHistogram(name, { unit: "{token}", description, advice });
}

function total(meter: Meter, name: string, description: string): Counter {
  return meter.createCounter(name, { unit: "{token}", description });
}
