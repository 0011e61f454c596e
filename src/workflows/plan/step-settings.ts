import { isJsonObject, type JsonObject, type JsonValue } from "../../base/json.js";
import { nearest } from "../../base/nearest.js";
import type { Findings } from "../format/diagnostic.js";
import { secondsOf } from "../format/duration.js";
import type { StreamBufferSettings } from "../run/stream-buffer.js";
import type { Names } from "./names.js";
import { isNote } from "./notes.js";
import type { Retry } from "./plan.js";
import { snakeCased } from "./snake-case.js";
import type { StepSource } from "./step-source.js";

const ONCE: Retry = { attempts: 1, delayMs: 0, factor: 2 };

/** `3`, or attempts, delay_seconds and backoff. */
export function readRetry(found: JsonValue | undefined, { path, id }: StepSource, findings: Findings): Retry {
  if (found === undefined || found === null) return ONCE;
  const { attempts, delay, backoff, unknown } = retryFields(isJsonObject(found) ? found : { attempts: found });
  if (unknown !== undefined) {
    const [near] = nearest(unknown, ["attempts", "delay_seconds", "backoff"], 1);
    findings.error("unknown-field", `${path}.retry.${unknown}`, `a retry has no field ${JSON.stringify(unknown)}`, {
      step: id,
      suggestion: near === undefined ? "it has attempts, delay_seconds and backoff" : `did you mean ${near}?`,
    });
    return ONCE;
  }
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
  findings.error("wrong-kind", `${path}.retry`, `this is no retry: ${allowed}`, {
    step: id,
    suggestion: 'write 3, or {"attempts": 3, "delay_seconds": 1, "backoff": 2}',
  });
  return ONCE;
}

/** Names that authors have for how often, how long between, and by how much longer each time. */
const ATTEMPTS = ["attempts", "max_attempts", "maximum_attempts", "count", "times", "limit", "max"];
const DELAYS = ["delay_seconds", "delay", "interval", "wait", "initial_interval"];
const FACTORS = ["backoff", "backoff_factor", "backoff_coefficient"];
/** A retry comes after the first attempt. */
const RETRIES = ["retries", "max_retries"];
const BACKOFF = new Map<JsonValue, number>([
  ["exponential", 2],
  ["fixed", 1],
  ["constant", 1],
]);

/** The fields of a retry, by the names that authors have for them. */
function retryFields(given: JsonObject): Record<"attempts" | "delay" | "backoff", JsonValue> & { unknown?: string } {
  const known = [...ATTEMPTS, ...DELAYS, ...FACTORS, ...RETRIES, "delay_ms"];
  const fields = snakeCased(given, (name) => known.includes(name));
  const unknown = Object.keys(fields).find((name) => !known.includes(name) && !isNote(name));
  const first = (names: readonly string[]) => names.map((name) => fields[name]).find((value) => value !== undefined);
  const [retries, ms, backoff = 2] = [first(RETRIES), fields.delay_ms, first(FACTORS)];
  return {
    attempts: typeof retries === "number" ? retries + 1 : (first(ATTEMPTS) ?? 3),
    delay: secondsOf(first(DELAYS)) ?? (typeof ms === "number" ? ms / 1_000 : 1),
    backoff: BACKOFF.get(backoff) ?? backoff,
    ...(unknown !== undefined && { unknown }),
  };
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

/** How often a step may run in one run of its workflow. */
export function readRounds(
  { path, id, rest: { max_iterations: found } }: StepSource,
  findings: Findings,
): number | undefined {
  if (found === undefined || found === null) return undefined;
  if (typeof found === "number" && Number.isSafeInteger(found) && found >= 1) return found;
  findings.error("wrong-kind", `${path}.max_iterations`, "this is no whole number of at least 1", {
    step: id,
    suggestion: "write how often the step may run at most, for example 5",
  });
  return undefined;
}

/** How long one attempt of a step may take, in ms. */
export function readTimeout({ path, id, rest }: StepSource, findings: Findings): number | undefined {
  const found = secondsOf(rest.timeout_seconds);
  if (found === undefined || found === null) return undefined;
  if (typeof found === "number" && found > 0) return found * 1_000;
  findings.error("wrong-kind", `${path}.timeout_seconds`, "this is no number above 0", {
    step: id,
    suggestion: "write seconds, for example 30, or 30s",
  });
  return undefined;
}

/** Finds what `depends_on` names and there is not. */
export function checkOrder({ path, id, rest }: StepSource, names: Names, findings: Findings): void {
  const { depends_on: found } = rest;
  if (found === undefined || found === null) return;
  const { ids } = names;
  for (const [index, one] of (Array.isArray(found) ? found : [found]).entries()) {
    if (typeof one === "string" && names.step(one) !== undefined) continue;
    const near = typeof one === "string" ? nearest(one, ids) : [];
    const suggestion = near.length > 0 ? `did you mean ${near.join(" or ")}?` : `the steps are ${ids.join(", ")}`;
    const where = Array.isArray(found) ? `${path}.depends_on[${index}]` : `${path}.depends_on`;
    findings.error("unknown-step", where, `there is no step ${JSON.stringify(one)}`, { step: id, suggestion });
  }
}
