import { setMaxListeners } from "node:events";
import type { Clock } from "../../base/clock.js";
import type { JsonObject, JsonValue } from "../../base/json.js";
import type { ConversationStore } from "../../chat/conversation-store.js";
import type { CallContext } from "../../stream/call-context.js";
import type { ChatEvent } from "../../stream/chat-event.js";
import { ChatStream } from "../../stream/chat-stream.js";
import { SluiceError } from "../../stream/error.js";
import { Channel } from "../../stream/sources/channel.js";
import type { OpenQuestion, RunJournal, RunStatus } from "../engines/engine.js";
import { findModel } from "../find-model.js";
import type { MemoryIndex } from "../memory/memory-index.js";
import type { Workflow } from "../workflow.js";
import { bodyResult, finalSlot } from "./body-result.js";
import { type PlanOutcome, PlanRun } from "./plan-run.js";
import { RunAnswer } from "./run-answer.js";
import { RunCore } from "./run-core.js";
import { questionEvent } from "./run-events.js";
import { RunScope } from "./scope.js";
import { countTakeover, MAX_TAKEOVERS } from "./takeovers.js";
import type { StepReport, WorkflowResult, WorkflowRun } from "./workflow-run.js";

/** What a run is made with. */
export interface ActiveRunOptions {
  runId: string;
  variables: JsonObject;
  clock: Clock;
  signal: AbortSignal | undefined;
  onQuestion: ((question: OpenQuestion, signal: AbortSignal) => Promise<JsonValue>) | undefined;
  retain: boolean | undefined;
  /** Handed on to every model that is called. */
  callContext: CallContext | undefined;
  compile: (document: JsonValue) => Promise<Workflow>;
  /** Where the engine keeps conversations. */
  conversations: ConversationStore | undefined;
  /** Where the engine keeps what `memory_store` is given. */
  memory: MemoryIndex | undefined;
  /** Takes the run from its engine. */
  open: (() => Promise<OpenedRun>) | undefined;
  /** How often the run is taken over while no step of it ends. */
  maxTakeovers?: number | undefined;
}

/** A run that was taken from its engine. */
interface OpenedRun {
  journal: RunJournal;
  /** How it stood then, where it had begun before. */
  before?: RunStatus;
}

/** Events that may wait for the reader before the steps that write them have to wait, too. */
const BOUND = 256;

/** A run that goes on as soon as somebody reads it. */
export class ActiveRun implements WorkflowRun {
  readonly runId: string;
  readonly stream: ChatStream;
  readonly #workflow: Workflow;
  readonly #options: ActiveRunOptions;
  readonly #channel: Channel;
  #begun = false;
  readonly #stop = new AbortController();
  #plan: PlanRun | undefined;
  #result: WorkflowResult | undefined;

  constructor(workflow: Workflow, options: ActiveRunOptions) {
    this.runId = options.runId;
    this.#workflow = workflow;
    this.#options = options;
    this.#channel = new Channel({
      bound: BOUND,
      onWait: () => this.#begin(),
      onCancel: (reason) =>
        this.#stop.abort(reason instanceof Error ? reason : new SluiceError("cancelled", "the reader left")),
    });
    // Each loop's round listens.
    setMaxListeners(0, this.#stop.signal);
    this.stream = new ChatStream(this.#channel, { signal: options.signal, retain: options.retain });
  }

  get result(): Promise<WorkflowResult> {
    const result = this.stream.finishReason.then(() => {
      if (this.#result === undefined) throw new SluiceError("protocol", "a run that is over has no result");
      return this.#result;
    });
    result.catch(() => {});
    return result;
  }

  get steps(): readonly StepReport[] {
    return (this.#plan?.slots ?? []).map(({ step, state, results }) => ({
      id: step.id,
      type: step.type.type,
      state,
      ...(results !== undefined && { results }),
    }));
  }

  cancel(reason?: unknown): void {
    this.stream.cancel(reason);
  }

  /** The reader reads for the first time. */
  #begin(): void {
    if (this.#begun) return;
    this.#begun = true;
    void this.#go();
  }

  async #go(): Promise<void> {
    const { runId } = this;
    this.#channel.push([{ type: "start", id: runId, model: `workflow/${this.#workflow.name}` }]);
    let journal: RunJournal | undefined;
    try {
      const { open, maxTakeovers = MAX_TAKEOVERS } = this.#options;
      const opened = await open?.();
      journal = opened?.journal;
      if (opened?.before !== undefined) await countTakeover(opened.journal, opened.before, maxTakeovers);
      journal?.lost.addEventListener("abort", () => this.#stop.abort(journal?.lost.reason), { once: true });
      await this.#run(journal);
    } catch (thrown) {
      await this.#failed(thrown, journal);
    } finally {
      await journal?.close().catch(() => {});
    }
  }

  async #run(journal: RunJournal | undefined): Promise<void> {
    const { plan, head } = this.#workflow;
    const core = this.#core(journal);
    const run = new PlanRun(core, plan, new RunScope(this.#options.variables, head.config), "", this.#stop.signal);
    run.answering = new RunAnswer(plan, run.slots, (events) => this.#channel.push(events));
    this.#plan = run;
    const { timeoutMs } = head;
    const callOff = timeoutMs === undefined ? undefined : core.clock.after(timeoutMs, () => this.#late(timeoutMs));
    try {
      const outcome = await run.execute();
      await this.#over(outcome, run, core, journal);
    } finally {
      callOff?.();
    }
  }

  #late(timeoutMs: number): void {
    this.#stop.abort(
      new SluiceError("total-timeout", `the run took more than ${timeoutMs} ms (config.timeout_seconds)`),
    );
  }

  #core(journal: RunJournal | undefined): RunCore {
    const { services, head } = this.#workflow;
    const { compile, clock, onQuestion, conversations, memory, callContext } = this.#options;
    return new RunCore({
      id: this.runId,
      services,
      clock,
      limits: head.limits,
      journal,
      conversations,
      memory,
      callContext,
      onQuestion,
      write: (events) => this.#channel.push(events),
      findModel: (asked, settings) => findModel(asked, settings, services),
      compile: async (document) => {
        const inner = await compile(document);
        return { plan: inner.plan, settings: inner.head.config, variables: (inputs) => inner.variables(inputs) };
      },
    });
  }

  async #over(outcome: PlanOutcome, run: PlanRun, core: RunCore, journal: RunJournal | undefined): Promise<void> {
    const { results, output, text } = bodyResult(run);
    const questions = [...core.questions.values()];
    const waits = outcome === "waiting";
    await journal?.finish({ status: waits ? "waiting" : "completed", ...(!waits && { output }), questions });
    if (!waits) await run.answering?.finish(finalSlot(run), text);
    this.#result = {
      runId: this.runId,
      status: outcome,
      output: waits ? null : output,
      text: waits ? "" : text,
      results,
      questions,
      ...(waits && core.wakeAt !== undefined && { wakeAt: core.wakeAt }),
      usage: core.usage,
    };
    const last: ChatEvent[] = questions.map(questionEvent);
    last.push({ type: "finish", reason: waits ? "input-required" : "stop", usage: core.usage });
    this.#channel.push(last);
    this.#channel.end();
  }

  async #failed(thrown: unknown, journal: RunJournal | undefined): Promise<void> {
    const error = SluiceError.from(thrown, "tool-failed");
    const { code, message } = error;
    const status = code === "cancelled" ? "cancelled" : "failed";
    // What the engine cannot write down is not hidden: the run's own error matters more to its reader.
    await journal?.finish({ status, error: { code, message }, questions: [] }).catch(() => {});
    this.#channel.fail(error);
  }
}
