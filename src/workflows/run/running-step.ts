import { wait } from "../../base/clock.js";
import type { JsonObject, JsonValue } from "../../base/json.js";
import type { Conversation } from "../../chat/conversation.js";
import type { Window } from "../../chat/window.js";
import type { CallContext } from "../../stream/call-context.js";
import type { ChatModel } from "../../stream/chat-model.js";
import type { ChatStream } from "../../stream/chat-stream.js";
import type { DataName } from "../../stream/data-name.js";
import { invalid, SluiceError } from "../../stream/error.js";
import { runConversation } from "../conversations/run-conversation.js";
import { referencesIn, type Value } from "../format/value.js";
import type { MemoryIndex } from "../memory/memory-index.js";
import { WordMemory } from "../memory/word-memory.js";
import type { PlannedStep, RunLimits } from "../plan/plan.js";
import type { ModelAsked, WorkflowServices } from "../services.js";
import type { BodyResult, StepAnswer, StepContext, StepQuestion } from "../steps/step-context.js";
import { thinkingMode, withoutThinking } from "../steps/thinking.js";
import { askSomebody } from "./ask-somebody.js";
import { bodyResult } from "./body-result.js";
import { LiveText } from "./live-text.js";
import { PlanRun } from "./plan-run.js";
import { evaluateIn } from "./plan-scope.js";
import { readAnswer } from "./read-answer.js";
import { scopeOfRound } from "./round-scope.js";
import type { RunAnswer } from "./run-answer.js";
import type { RunCore } from "./run-core.js";
import { InnerScope, innerSettings, RunScope, type Scope } from "./scope.js";
import { addUsed, type StepRun } from "./step-run.js";
import type { StepSlot } from "./step-slot.js";
import { countStreaming, type StreamingAttempt } from "./streaming-attempt.js";
import { Suspended } from "./suspended.js";

/** Workflows may call workflows so deep. */
const DEEPEST = 5;

/** Which run of a step it is. */
interface Attempt {
  key: string;
  scope: Scope;
  attempt: number;
  signal: AbortSignal;
}

/** A step while it runs. */
export class RunningStep implements StepContext {
  readonly attempt: number;
  readonly signal: AbortSignal;
  readonly inputs: JsonObject;
  readonly config: JsonObject;
  readonly #run: StepRun;
  readonly #key: string;
  readonly #scope: Scope;
  readonly #readsLive: boolean;
  /** Which attempt it is of those that streamed, and whether it is to open so, as soon as it streams. */
  #streaming: Promise<StreamingAttempt> | undefined;

  constructor(run: StepRun, { key, scope, attempt, signal }: Attempt) {
    this.#run = run;
    this.#key = key;
    this.#scope = run.plan.plan.loops.length === 0 ? scope : scopeOfRound(run.slot, scope);
    this.attempt = attempt;
    this.#readsLive = this.#step.needs.some(({ live }) => live);
    this.signal = signal;
    const { inputs, config } = this.#step;
    this.inputs = this.#all(inputs);
    this.config = this.#all(config);
  }

  get #step(): PlannedStep {
    return this.#run.slot.step;
  }

  get #core(): RunCore {
    return this.#run.plan.core;
  }

  get id(): string {
    return this.#step.id;
  }

  get runId(): string {
    return this.#core.id;
  }

  get idempotencyKey(): string {
    return `${this.#core.id}/${this.#key}`;
  }

  get callContext(): CallContext | undefined {
    return this.#core.callContext;
  }

  get services(): WorkflowServices {
    return this.#core.services;
  }

  get settings(): JsonObject {
    return this.#scope.settings;
  }

  get outputs(): readonly string[] {
    return [...this.#step.outputs.keys()];
  }

  get handlesFailure(): boolean {
    const { outputs, routes } = this.#step;
    return routes !== undefined || ["success", "error", "error_type"].some((name) => outputs.has(name));
  }

  get memory(): MemoryIndex {
    const { services, memory } = this.#core;
    return services.memory ?? memory ?? this.#core.shared("memory", () => new WordMemory());
  }

  get json(): JsonObject {
    return this.#all(this.#step.json);
  }

  get prompt(): { id: string; version?: string; variables: JsonObject } | undefined {
    const { prompt } = this.#step;
    if (prompt === undefined) return undefined;
    return { ...prompt, variables: { ...this.inputs, ...this.#all(prompt.variables) } };
  }

  get variables(): JsonObject {
    return this.#scope.variables;
  }

  get limits(): RunLimits {
    return this.#core.limits;
  }

  get bodies(): readonly string[] {
    return [...this.#step.bodies.keys()];
  }

  get inputNames(): readonly string[] {
    return [...this.#step.inputs.keys()];
  }

  async input(name: string): Promise<JsonValue> {
    const value = this.#step.inputs.get(name);
    if (name in this.inputs || value === undefined) return this.inputs[name] ?? null;
    for (const source of this.#unsettled(value)) await this.#run.plan.settled(source);
    this.signal.throwIfAborted();
    return evaluateIn(this.#scope, value);
  }

  field(name: string): JsonValue | undefined {
    return this.inputs[name] ?? this.config[name];
  }

  need(name: string): JsonValue {
    const found = this.field(name);
    if (found !== undefined && found !== null) return found;
    const names = Object.keys(this.inputs);
    const [only] = names;
    if (names.length === 1 && only !== undefined && !(name in this.inputs)) return this.inputs[only] ?? null;
    throw invalid(`inputs.${name}`, found, `a value: ${this.#step.type.type} needs it`);
  }

  model(asked: Partial<ModelAsked> = {}, { thinking = "apart" }: { thinking?: "apart" | "within" } = {}): ChatModel {
    const [provider, name] = [this.field("provider"), this.config.model];
    const own = { ...(typeof provider === "string" && { provider }), ...(typeof name === "string" && { model: name }) };
    const found = this.#core.findModel({ step: this.id, ...own, ...asked }, this.settings);
    const isParted = thinking === "apart" && thinkingMode(this.config, this.settings) !== "show";
    return isParted ? withoutThinking(found) : found;
  }

  conversation(
    id: string,
    model?: ChatModel,
    options: { window?: Window; withoutSystem?: boolean } = {},
  ): Conversation {
    return runConversation(this.#core, id, model, options);
  }

  async read(stream: ChatStream, { goesOn = false }: { goesOn?: boolean } = {}): Promise<StepAnswer> {
    const { plan, slot } = this.#run;
    // A model may be the user's own.
    if (typeof stream?.batches !== "function") throw invalid("the model's answer", stream, "a ChatStream");
    // Claimed before anything is awaited: nobody else may begin to read it.
    const claim = stream.batches();
    if (plan.hasLiveReaders(slot)) {
      slot.live ??= new LiveText();
      plan.goLive(slot);
    }
    // An attempt opens once, however many answers it reads.
    const opens = this.#streaming === undefined;
    this.#streaming ??= countStreaming(this.#run, { key: this.#key, attempt: this.attempt, goesOn });
    const { number, voids } = await this.#streaming;
    const reading = readAnswer(stream, claim, {
      core: this.#core,
      from: this.#key,
      attempt: number,
      voids: opens && voids,
      signal: this.signal,
      buffer: this.#step.buffer,
      live: slot.live,
      answer: this.#answering()?.direct(slot),
    });
    const answer = await reading.catch((thrown: unknown) => {
      const { partial } = SluiceError.from(thrown);
      if (partial !== undefined) addUsed(this.#run, partial.usage);
      throw thrown;
    });
    addUsed(this.#run, answer.usage);
    return answer;
  }

  live(name: string): AsyncIterable<string> | undefined {
    const source = this.#liveSource(name);
    if (source?.live === undefined) return undefined;
    return source.live.read((reason) => {
      if (this.#step.type.answers) this.retractAnswer(reason);
      else throw new SluiceError("retracted", `what was read was taken back: ${reason}`);
    });
  }

  /** The step whose text an input is, while it is not over. */
  #liveSource(name: string): StepSlot | undefined {
    const value = this.#step.inputs.get(name);
    if (value?.kind !== "reference" || value.reference.kind !== "step" || value.reference.live !== true)
      return undefined;
    const [source] = this.#unsettled(value);
    return source;
  }

  /** The steps that a value reads and that are still running. */
  #unsettled(value: Value): StepSlot[] {
    if (value.kind === "literal" || !this.#readsLive) return [];
    const { plan } = this.#run;
    return [...referencesIn(value)].flatMap((reference) => {
      const index = reference.kind === "step" ? plan.plan.byId.get(reference.step) : undefined;
      const source = index === undefined ? undefined : plan.slots[index];
      return source?.state === "running" && source !== this.#run.slot ? [source] : [];
    });
  }

  answer(text: string): void | Promise<void> {
    return this.#answering()?.say(this.#run.slot, text);
  }

  retractAnswer(reason: string): void {
    this.#answering()?.retract(this.#run.slot, reason);
  }

  /** The run's answer, for steps of the outermost plan. */
  #answering(): RunAnswer | undefined {
    return this.#run.plan.answering;
  }

  emitData(name: DataName, value: JsonValue): void {
    this.#core.emitData(name, value);
  }

  ask(question: StepQuestion): Promise<JsonValue> {
    return askSomebody(this.#core, { key: this.#key, signal: this.signal }, question);
  }

  async waitUntil(name: string, ms: number): Promise<void> {
    const known = this.noted(`until:${name}`);
    const until = typeof known === "number" ? known : ms;
    if (known === undefined) await this.note(`until:${name}`, until);
    const left = until - Date.now();
    if (left > 0) await wait(left, this.#core.clock, this.signal);
  }

  async note(name: string, value: JsonValue): Promise<void> {
    await this.#core.journal?.setNote(`${name}:${this.#key}`, value);
  }

  noted(name: string): JsonValue | undefined {
    return this.#core.journal?.note(`${name}:${this.#key}`);
  }

  async runBody(body: string, label: string, variables: JsonObject): Promise<BodyResult> {
    const plan = this.#step.bodies.get(body);
    if (plan === undefined) throw invalid(`config.${body}`, undefined, "a list of steps");
    const scope = new InnerScope(this.#scope, variables);
    return this.#runPlan(new PlanRun(this.#core, plan, scope, `${this.#key}[${label}]/`, this.signal));
  }

  async runWorkflow(document: JsonValue, inputs: JsonObject, label: string): Promise<BodyResult> {
    const depth = this.#key.match(/\/(?:agent|workflow)\//g)?.length ?? 0;
    if (depth >= DEEPEST)
      throw new SluiceError("invalid-argument", `workflows call one another more than ${DEEPEST} deep`);
    const { plan, variables, settings } = await this.#core.compile(document);
    const scope = new RunScope(variables(inputs), innerSettings(this.settings, settings));
    return this.#runPlan(new PlanRun(this.#core, plan, scope, `${this.#key}/${label}/`, this.signal));
  }

  async #runPlan(run: PlanRun): Promise<BodyResult> {
    if ((await run.execute()) === "waiting") throw new Suspended();
    return bodyResult(run);
  }

  #all(values: ReadonlyMap<string, Value>): JsonObject {
    // Without inherited names: an input may be called toString.
    const all: JsonObject = Object.create(null);
    for (const [name, value] of values) {
      // What is still being written is read with `live`, or when it is there.
      if (this.#unsettled(value).length > 0) continue;
      all[name] = evaluateIn(this.#scope, value);
    }
    return all;
  }
}
