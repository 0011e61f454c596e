import { isJsonObject, type JsonValue } from "../../base/json.js";
import { nearest } from "../../base/nearest.js";
import type { Findings } from "../format/diagnostic.js";
import type { StreamBufferSettings } from "../run/stream-buffer.js";
import type { Retry } from "./plan.js";
import type { StepSource } from "./step-source.js";

const ONCE: Retry = { attempts: 1, delayMs: 0, factor: 2 };

/** `3`, or attempts, delay_seconds and backoff. */
export function readRetry(found: JsonValue | undefined, { path, id }: StepSource, findings: Findings): Retry {
  if (found === undefined || found === null) return ONCE;
  const fields = isJsonObject(found) ? found : { attempts: found };
  const attempts = fields.attempts ?? fields.max_attempts ?? 3;
  const { delay_seconds: delay = 1, backoff = 2 } = fields;
  const fits =
    typeof attempts === "number" &&
    Number.isSafeInteger(attempts) &&
    attempts >= 1 &&
    attempts <= 100 &&
    typeof delay === "number" &&
    delay >= 0 &&
    typeof backoff === "number" &&
    backoff >= 1;
  if (fits) return { attempts, delayMs: delay * 1_000, factor: backoff };
  const allowed = "attempts from 1 to 100, delay_seconds of at least 0, backoff of at least 1";
  findings.error("wrong-kind", `${path}.retry`, `this is no retry: ${allowed}`, { step: id });
  return ONCE;
}

const FORWARD_ON = ["sentence", "time", "chunk_size", "word_count", "immediate"] as const;

/** How the step's text is cut on its way to the reader. */
export function readStreamBuffer(
  found: JsonValue | undefined,
  { path, id }: StepSource,
  findings: Findings,
): StreamBufferSettings | undefined {
  if (found === undefined || found === null) return undefined;
  const fields = isJsonObject(found) ? found : { forward_on: found };
  const forwardOn = FORWARD_ON.find((word) => word === (fields.forward_on ?? "sentence"));
  if (forwardOn === undefined) {
    const near = nearest(String(fields.forward_on), [...FORWARD_ON]);
    findings.error("wrong-kind", `${path}.stream_buffer.forward_on`, `this is none of ${FORWARD_ON.join(", ")}`, {
      step: id,
      ...(near.length > 0 && { suggestion: `did you mean ${near[0]}?` }),
    });
    return undefined;
  }
  const number = (name: string, usual: number, least: number): number => {
    const value = fields[name];
    if (value === undefined || value === null) return usual;
    if (typeof value === "number" && value >= least) return value;
    findings.error("wrong-kind", `${path}.stream_buffer.${name}`, `this is no number of at least ${least}`, {
      step: id,
    });
    return usual;
  };
  return {
    forwardOn,
    maxWaitMs: number("max_buffer_time", 2, 0) * 1_000,
    chunkSize: number("chunk_size", 50, 1),
    words: number("word_count", 10, 1),
    sentences: number("sentence_count", 1, 1),
    minLength: number("min_chunk_length", 10, 0),
  };
}

/** The limit that a step counts for, and how early it gets its turn: the higher the earlier. */
export function readParallelization(
  found: JsonValue | undefined,
  usual: string | undefined,
): { group: string | undefined; priority: number } {
  const fields = isJsonObject(found) ? found : {};
  const { resource_group, priority } = fields;
  return {
    group: typeof resource_group === "string" ? resource_group : usual,
    priority: typeof priority === "number" ? priority : 1,
  };
}
