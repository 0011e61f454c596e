import { type Clock, systemClock } from "../../base/clock.js";
import { messageOf } from "../../stream/error.js";
import { parseMetrics } from "./parse-metrics.js";

/** What a component of a Dapr sidecar did. */
interface SidecarComponent {
  component: string;
  calls: number;
  failed: number;
  promptTokens: number;
  completionTokens: number;
  /** Mean time of a call, in ms. */
  meanMs?: number;
  /** Mean time to the first token, in ms. */
  meanTtftMs?: number;
}

/** What a Dapr sidecar counts of its conversation API. */
export type SidecarState =
  | { address: string; components: SidecarComponent[]; errors: { code: string; count: number }[] }
  /** It could not be read. */
  | { address: string; problem: string };

/** How long what was read counts, and how long a sidecar may take to answer, in ms. */
const FRESH_MS = 5_000;
const PATIENCE_MS = 2_000;
/** The longest page of a sidecar's metrics that is read, in characters. */
const LONGEST = 4_000_000;

const COUNT = "dapr_component_conversation_count";
const LATENCY = "dapr_component_conversation_latencies";
const FIRST_TOKEN = "dapr_component_conversation_first_token_latencies";
const PROMPT = "dapr_component_conversation_usage_prompt_tokens";
const COMPLETION = "dapr_component_conversation_usage_completion_tokens";
const ERRORS = "dapr_error_code_total";

/** Reads the metrics of a Dapr sidecar, daprd's own as well, while somebody looks at them. */
export class SidecarFigures {
  readonly #address: string;
  readonly #clock: Clock;
  #read: { at: number; state: Promise<SidecarState> } | undefined;

  /** @param address of its metrics, for example `http://127.0.0.1:9090`. */
  constructor(address: string, clock: Clock = systemClock) {
    this.#address = address;
    this.#clock = clock;
  }

  /** Its figures, at most 5 s old. Never rejects. */
  read(): Promise<SidecarState> {
    const now = this.#clock.now();
    if (this.#read === undefined || now - this.#read.at >= FRESH_MS) this.#read = { at: now, state: this.#fetch() };
    return this.#read.state;
  }

  async #fetch(): Promise<SidecarState> {
    const address = this.#address;
    try {
      const response = await fetch(new URL("/metrics", address), { signal: AbortSignal.timeout(PATIENCE_MS) });
      if (!response.ok) return { address, problem: `HTTP ${response.status}` };
      return { address, ...figuresIn((await response.text()).slice(0, LONGEST)) };
    } catch (thrown) {
      return { address, problem: messageOf(thrown) };
    }
  }
}

/** What the metrics of a sidecar say of its conversation API. */
export function figuresIn(text: string): Pick<Extract<SidecarState, { components: unknown }>, "components" | "errors"> {
  const components = new Map<string, SidecarComponent & { sum: number; ttftSum: number; ttftCount: number }>();
  const errors = new Map<string, number>();
  const at = (component: string) => {
    const known = components.get(component);
    if (known !== undefined) return known;
    const counts = { calls: 0, failed: 0, promptTokens: 0, completionTokens: 0, sum: 0, ttftSum: 0, ttftCount: 0 };
    const fresh = { component, ...counts };
    components.set(component, fresh);
    return fresh;
  };
  for (const { name, labels, value } of parseMetrics(text)) {
    if (name === ERRORS) {
      const code = labels.get("error_code") ?? "";
      errors.set(code, (errors.get(code) ?? 0) + value);
      continue;
    }
    if (!name.startsWith("dapr_component_conversation_")) continue;
    const one = at(labels.get("component") ?? "");
    switch (name) {
      case COUNT:
        one.calls += value;
        if (labels.get("success") === "false") one.failed += value;
        break;
      case `${LATENCY}_sum`:
        one.sum += value;
        break;
      case `${FIRST_TOKEN}_sum`:
        one.ttftSum += value;
        break;
      case `${FIRST_TOKEN}_count`:
        one.ttftCount += value;
        break;
      case PROMPT:
        one.promptTokens += value;
        break;
      case COMPLETION:
        one.completionTokens += value;
        break;
      default:
    }
  }
  return {
    components: [...components.values()].map(({ sum, ttftSum, ttftCount, ...one }) => ({
      ...one,
      ...(one.calls > 0 && { meanMs: Math.round(sum / one.calls) }),
      ...(ttftCount > 0 && { meanTtftMs: Math.round(ttftSum / ttftCount) }),
    })),
    errors: Array.from(errors, ([code, count]) => ({ code, count })),
  };
}
