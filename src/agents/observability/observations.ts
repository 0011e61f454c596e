import type { Batch } from "../../stream/batch-source.js";
import type { CallContext } from "../../stream/call-context.js";
import type { ChatModel } from "../../stream/chat-model.js";
import type { ChatRequest } from "../../stream/chat-request.js";
import { callable, checkFields } from "../../stream/checks.js";
import { invalid } from "../../stream/error.js";
import type { AgentInvocation, AgentObservation, AgentObserver } from "../../telemetry/agent-observer.js";
import type { ToolObservation, ToolObserver } from "../../telemetry/tool-spans.js";

/** The observers of an agent as one. */
export class Observers {
  readonly #observers: readonly AgentObserver[];
  readonly #models = new WeakMap<ChatModel, ChatModel>();

  /** @throws {SluiceError} `invalid-argument` for what is no observer. */
  constructor(given: unknown) {
    const list = given === undefined ? [] : Array.isArray(given) ? given : [given];
    for (const [index, one] of list.entries()) {
      const field = Array.isArray(given) ? `observe[${index}]` : "observe";
      if (typeof one !== "object" || one === null) throw invalid(field, one, "an observer, as agentSpans() makes one");
      checkFields(one, field, { invoke: { required: callable }, model: callable });
    }
    this.#observers = list;
  }

  /** A model with all observers before it; the same one for the same model. */
  model(model: ChatModel): ChatModel {
    const known = this.#models.get(model);
    if (known !== undefined) return known;
    const watched = this.#observers.reduce((inner, one) => one.model?.(inner) ?? inner, model);
    this.#models.set(model, watched);
    return watched;
  }

  /** `undefined` where nobody watches. */
  invoke(invocation: AgentInvocation): AgentObservation | undefined {
    const all = this.#observers.map((one) => one.invoke(invocation));
    const [only] = all;
    return all.length > 1 ? new Observations(all) : only;
  }
}

class Observations implements AgentObservation {
  readonly #all: readonly AgentObservation[];
  readonly tools: ToolObserver;

  constructor(all: readonly AgentObservation[]) {
    this.#all = all;
    const tools = all.flatMap((one) => (one.tools === undefined ? [] : [one.tools]));
    this.tools = { begin: (run) => togetherWith(tools, run) };
  }

  begin(): CallContext | undefined {
    let context: CallContext | undefined;
    for (const one of this.#all) context = one.begin?.() ?? context;
    return context;
  }

  asked(request: ChatRequest): void {
    for (const one of this.#all) one.asked?.(request);
  }

  read(batch: Batch): void {
    for (const one of this.#all) one.read?.(batch);
  }

  fail(thrown: unknown): void {
    for (const one of this.#all) one.fail?.(thrown);
  }

  leave(reason: unknown): void {
    for (const one of this.#all) one.leave?.(reason);
  }
}

/** A run of a tool that several watch: the last one's context is the tool's, and all are around it. */
function togetherWith(observers: readonly ToolObserver[], run: Parameters<ToolObserver["begin"]>[0]): ToolObservation {
  const all: ToolObservation[] = [];
  let { context } = run;
  for (const one of observers) {
    const observation = one.begin({ ...run, context });
    context = observation.context;
    all.push(observation);
  }
  return {
    context,
    within: (inner) => all.reduceRight<() => ReturnType<typeof inner>>((run, one) => () => one.within(run), inner)(),
    end(output) {
      for (const one of all) one.end(output);
    },
    fail(thrown) {
      for (const one of all) one.fail(thrown);
    },
    suspend() {
      for (const one of all) one.suspend();
    },
  };
}
