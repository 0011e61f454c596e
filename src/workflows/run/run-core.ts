import type { Clock } from "../../base/clock.js";
import type { JsonObject, JsonValue } from "../../base/json.js";
import type { ConversationStore } from "../../chat/conversation-store.js";
import type { Batch } from "../../stream/batch-source.js";
import type { CallContext } from "../../stream/call-context.js";
import type { ChatEvent } from "../../stream/chat-event.js";
import type { ChatModel } from "../../stream/chat-model.js";
import type { DataName } from "../../stream/data-name.js";
import { addUsage, type Usage } from "../../stream/usage.js";
import type { OpenQuestion, RunJournal } from "../engines/engine.js";
import type { MemoryIndex } from "../memory/memory-index.js";
import type { RunLimits, WorkflowPlan } from "../plan/plan.js";
import type { ModelAsked, WorkflowServices } from "../services.js";
import { Places } from "./limits.js";

/** What a run tells of a step, while it goes on. */
export interface StepProgress {
  /** The step, where it stands and its round, as in the run's records. */
  step: string;
  type: string;
  state: "started" | "completed" | "skipped" | "failed" | "waiting" | "retrying" | "resumed";
  /** Counted from 1. */
  attempt?: number;
  elapsedMs?: number;
  message?: string;
}

/** What all steps of a run share. */
export interface RunCoreOptions {
  id: string;
  services: WorkflowServices;
  clock: Clock;
  limits: RunLimits;
  journal: RunJournal | undefined;
  /** Handed on to every model that is called. */
  callContext: CallContext | undefined;
  /** Where the engine keeps conversations. */
  conversations: ConversationStore | undefined;
  /** Where the engine keeps what `memory_store` is given. */
  memory: MemoryIndex | undefined;
  write: (events: Batch) => void | Promise<void>;
  findModel: (asked: ModelAsked, settings: JsonObject) => ChatModel;
  compile: (document: JsonValue) => Promise<CompiledBody>;
  /** Answers questions while the run goes on, where somebody is there. */
  onQuestion?: ((question: OpenQuestion, signal: AbortSignal) => Promise<JsonValue>) | undefined;
}

/** Another workflow, ready to be run inside a run. */
interface CompiledBody {
  plan: WorkflowPlan;
  /** Its own `config`. */
  settings: JsonObject;
  variables(inputs: JsonObject): JsonObject;
}

/** What all steps of a run share: its journal, its places, what it has used and what it waits for. */
export class RunCore {
  readonly id: string;
  readonly services: WorkflowServices;
  readonly clock: Clock;
  readonly limits: RunLimits;
  readonly places: Places;
  readonly journal: RunJournal | undefined;
  readonly callContext: CallContext | undefined;
  readonly conversations: ConversationStore | undefined;
  readonly memory: MemoryIndex | undefined;
  readonly findModel: RunCoreOptions["findModel"];
  readonly compile: RunCoreOptions["compile"];
  readonly onQuestion: RunCoreOptions["onQuestion"];
  /** Questions that wait, by id. */
  readonly questions = new Map<string, OpenQuestion>();
  /** The earliest time that a step waits for, in ms since 1970. */
  wakeAt: number | undefined;
  usage: Usage = {};
  readonly #write: RunCoreOptions["write"];
  /** Services that steps share and that are made when first needed. */
  readonly #shared = new Map<string, unknown>();

  constructor(options: RunCoreOptions) {
    this.id = options.id;
    this.services = options.services;
    this.clock = options.clock;
    this.limits = options.limits;
    this.places = new Places(options.limits);
    this.journal = options.journal;
    this.callContext = options.callContext;
    this.conversations = options.conversations;
    this.memory = options.memory;
    this.findModel = options.findModel;
    this.compile = options.compile;
    this.onQuestion = options.onQuestion;
    this.#write = options.write;
  }

  write(events: Batch): void | Promise<void> {
    return this.#write(events);
  }

  /** Emits a `data` event to the run's reader. */
  emitData(name: DataName, value: JsonValue): void {
    void this.#write([{ type: "data", name, value } satisfies ChatEvent]);
  }

  progress(progress: StepProgress): void {
    this.emitData("workflow/step", { ...progress });
  }

  /** A step waits until a time, in ms since 1970. */
  wakeBy(until: number): void {
    if (this.wakeAt === undefined || until < this.wakeAt) this.wakeAt = until;
  }

  used(usage: Usage): void {
    this.usage = addUsage(this.usage, usage);
  }

  /** Something that the steps of this run share, made when it is first asked for. */
  shared<T>(name: string, make: () => T): T {
    if (!this.#shared.has(name)) this.#shared.set(name, make());
    return this.#shared.get(name) as T;
  }
}
