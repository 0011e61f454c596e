import { type ComponentPolicy, resilientModel } from "../../src/dapr/resiliency/resilient-model.js";
import type { ComponentRetry } from "../../src/dapr/resiliency/retry-policy.js";
import { compileTrip } from "../../src/dapr/resiliency/trip-expression.js";
import { CircuitBreaker } from "../../src/models/routing/circuit-breaker.js";
import { type ScriptLine, scripted } from "../../src/models/scripted.js";
import type { ChatRequest } from "../../src/stream/chat-request.js";
import { SluiceError } from "../../src/stream/error.js";
import { ManualClock } from "./manual-clock.js";

export const request: ChatRequest = { messages: [{ role: "user", content: "hi" }] };
export const busy = { throw: new SluiceError("overloaded", "busy", { status: 503 }) };
export const retry: ComponentRetry = {
  policy: "constant",
  durationMs: 100,
  maxIntervalMs: 60_000,
  maxRetries: 2,
  statusCodes: [],
};

/** A scripted model with these policies. */
export function resilient(scripts: ScriptLine[][], policy: ComponentPolicy, clock = new ManualClock()) {
  const inner = scripted(scripts, { clock });
  return { clock, inner, model: resilientModel(inner, policy, { clock, random: () => 0.5 }) };
}

/** A breaker that opens at the second failure in a row. */
export function breakerOf(
  policy: Partial<ConstructorParameters<typeof CircuitBreaker>[0]>,
  clock: ManualClock,
): CircuitBreaker {
  const trip = compileTrip("consecutiveFailures > 1");
  return new CircuitBreaker({ maxRequests: 1, intervalMs: 0, timeoutMs: 1_000, trip, ...policy }, clock);
}
