import type { Clock } from "../../base/clock.js";
import { isJsonObject, type JsonObject } from "../../base/json.js";
import { type BreakerPolicy, CircuitBreaker } from "../../models/routing/circuit-breaker.js";
import { SluiceError } from "../../stream/error.js";
import type { DaprResource } from "../resources/dapr-resource.js";
import { parseDaprDuration } from "../resources/go-duration.js";
import type { Report } from "../resources/notice.js";
import { field, objectField, textField } from "../resources/yaml-fields.js";
import type { ComponentPolicy } from "./resilient-model.js";
import type { ComponentRetry } from "./retry-policy.js";
import { compileTrip } from "./trip-expression.js";
import { warnOfUnknownFields } from "./unknown-fields.js";

/** The names of the policies of one target; "" for none. */
interface PolicyNames {
  timeout: string;
  retry: string;
  circuitBreaker: string;
}

/** The policies of all Resiliency resources of an app. */
export interface Resiliency {
  /** What keeps the calls that go out to a conversation component; `undefined` where nothing does. */
  outboundPolicy(component: string): ComponentPolicy | undefined;
}

/** The defaults of a circuit breaker, in ms where they are times. */
const BREAKER_TIMEOUT_MS = 60_000;
const DEFAULT_TRIP = "consecutiveFailures > 5";
/** The defaults of a retry, in ms where they are times. */
const RETRY_DURATION_MS = 5_000;
const RETRY_MAX_INTERVAL_MS = 60_000;

/**
 * Reads Resiliency resources: `policies.timeouts`, `.retries` and `.circuitBreakers`, and `targets.components` of them.
 * A later resource's policies win over earlier ones of the same name. A component without a target of its own keeps the
 * default policies, where they are defined: `DefaultConversationComponentOutboundRetryPolicy`,
 * `DefaultComponentOutboundRetryPolicy`, `DefaultComponentRetryPolicy`, `DefaultRetryPolicy`, and so for `TimeoutPolicy`
 * and `CircuitBreakerPolicy`. A resource that cannot be read is reported and left out.
 */
export function readResiliency(resources: readonly DaprResource[], clock: Clock, report: Report): Resiliency {
  const policies = new Policies(clock, report);
  for (const resource of resources) {
    try {
      policies.add(resource.body, (message) => report({ level: "warning", message: `${resource.name}: ${message}` }));
    } catch (error) {
      if (!(error instanceof SluiceError)) throw error;
      report({ level: "error", message: `Could not read resiliency policy ${resource.name}: ${error.message}` });
    }
  }
  return policies;
}

class Policies implements Resiliency {
  readonly #clock: Clock;
  readonly #report: Report;
  readonly #timeouts = new Map<string, number>();
  readonly #retries = new Map<string, ComponentRetry>();
  readonly #breakers = new Map<string, BreakerPolicy>();
  readonly #targets = new Map<string, PolicyNames>();

  constructor(clock: Clock, report: Report) {
    this.#clock = clock;
    this.#report = report;
  }

  /** Takes what one resource says, all of it or nothing. */
  add(body: JsonObject, warn: (message: string) => void): void {
    const spec = objectField(body, "spec", "");
    warnOfUnknownFields(spec, warn);
    const policies = objectField(spec, "policies", "spec");
    const timeouts = entries(policies, "timeouts").map(([name, value]) => [name, readTimeout(name, value)] as const);
    const retries = objects(policies, "retries").map(([name, value]) => [name, readRetry(name, value)] as const);
    const breakers = objects(policies, "circuitBreakers").map(([name, value]) => [name, readBreaker(value)] as const);
    const targets = objects(objectField(spec, "targets", "spec"), "components");
    for (const [name, timeout] of timeouts) this.#timeouts.set(name, timeout);
    for (const [name, retry] of retries) this.#retries.set(name, retry);
    for (const [name, breaker] of breakers) this.#breakers.set(name, breaker);
    for (const [name, target] of targets) this.#targets.set(name, readNames(objectField(target, "outbound", name)));
  }

  outboundPolicy(component: string): ComponentPolicy | undefined {
    const names = this.#targets.get(component) ?? this.#defaults();
    const timeoutMs = this.#timeouts.get(names.timeout);
    const retry = this.#retries.get(names.retry);
    const breaker = this.#breakers.get(names.circuitBreaker);
    this.#warnOfUndefined(component, names);
    if (timeoutMs === undefined && retry === undefined && breaker === undefined) return undefined;
    return {
      ...(timeoutMs !== undefined && { timeoutMs }),
      ...(retry && { retry }),
      ...(breaker && { breaker: new CircuitBreaker(breaker, this.#clock) }),
    };
  }

  #warnOfUndefined(component: string, { timeout, retry, circuitBreaker }: PolicyNames): void {
    const named = [
      ["timeout", timeout, this.#timeouts],
      ["retry", retry, this.#retries],
      ["circuitBreaker", circuitBreaker, this.#breakers],
    ] as const;
    for (const [part, name, known] of named) {
      if (name === "" || known.has(name)) continue;
      const message = `components.${component}.outbound.${part}: there is no policy ${JSON.stringify(name)}`;
      this.#report({ level: "warning", message });
    }
  }

  #defaults(): PolicyNames {
    const named = (kind: string, known: ReadonlyMap<string, unknown>) =>
      ["ConversationComponentOutbound", "ComponentOutbound", "Component", ""]
        .map((level) => `Default${level}${kind}Policy`)
        .find((name) => known.has(name)) ?? "";
    return {
      timeout: named("Timeout", this.#timeouts),
      retry: named("Retry", this.#retries),
      circuitBreaker: named("CircuitBreaker", this.#breakers),
    };
  }
}

function readNames(outbound: JsonObject): PolicyNames {
  return {
    timeout: textField(outbound, "timeout", "outbound"),
    retry: textField(outbound, "retry", "outbound"),
    circuitBreaker: textField(outbound, "circuitBreaker", "outbound"),
  };
}

function readTimeout(name: string, value: unknown): number {
  const ms = parseDaprDuration(String(value));
  if (ms === undefined) throw unreadable(`invalid duration "${name}", ${value}: time: invalid duration "${value}"`);
  return ms;
}

function readRetry(name: string, value: JsonObject): ComponentRetry {
  const policy = textField(value, "policy", name).toLowerCase() || "constant";
  if (policy !== "constant" && policy !== "exponential") {
    throw unreadable(`invalid retry configuration "${name}": unexpected back off policy type: ${policy}`);
  }
  const maxRetries = textField(value, "maxRetries", name);
  if (!/^(-?\d+)?$/.test(maxRetries)) {
    throw unreadable(`invalid retry configuration "${name}": maxRetries: ${maxRetries}`);
  }
  return {
    policy,
    durationMs: duration(value, "duration", RETRY_DURATION_MS),
    maxIntervalMs: duration(value, "maxInterval", RETRY_MAX_INTERVAL_MS),
    maxRetries: maxRetries === "" ? -1 : Number(maxRetries),
    statusCodes: readStatusCodes(textField(objectField(value, "matching", name), "httpStatusCodes", name)),
  };
}

/** Statuses such as `429,500-599`. */
function readStatusCodes(text: string): (readonly [number, number])[] {
  if (text.trim() === "") return [];
  return text.split(",").map((part) => {
    const [, from, to = from] = /^\s*(\d{3})\s*(?:-\s*(\d{3})\s*)?$/.exec(part) ?? [];
    if (from === undefined)
      throw unreadable(
        `matching.httpStatusCodes: found ${JSON.stringify(part)}; allowed: 100 to 599, or a range of them`,
      );
    return [Number(from), Number(to)] as const;
  });
}

function readBreaker(value: JsonObject): BreakerPolicy {
  const maxRequests = Number(textField(value, "maxRequests", "circuitBreaker") || 1);
  if (!Number.isInteger(maxRequests) || maxRequests < 0)
    throw unreadable(`maxRequests: found ${maxRequests}; allowed: a whole number`);
  return {
    // As in the library, 0 means that none was set.
    maxRequests: maxRequests || 1,
    intervalMs: Math.max(0, duration(value, "interval", 0)),
    timeoutMs: duration(value, "timeout", BREAKER_TIMEOUT_MS) || BREAKER_TIMEOUT_MS,
    trip: compileTrip(textField(value, "trip", "circuitBreaker") || DEFAULT_TRIP),
  };
}

function duration(value: JsonObject, name: string, otherwise: number): number {
  const text = textField(value, name, "");
  if (text === "") return otherwise;
  const ms = parseDaprDuration(text);
  if (ms === undefined) throw unreadable(`${name}: time: invalid duration "${text}"`);
  return ms;
}

function entries(policies: JsonObject, name: string): [string, unknown][] {
  return Object.entries(objectField(policies, name, "spec.policies"));
}

function objects(parent: JsonObject, name: string): [string, JsonObject][] {
  const found = field(parent, name);
  if (!isJsonObject(found)) return [];
  return Object.keys(found).map((key) => [key, objectField(found, key, name)]);
}

function unreadable(message: string): SluiceError {
  return new SluiceError("invalid-argument", message);
}
