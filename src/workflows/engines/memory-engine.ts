import type { JsonValue } from "../../base/json.js";
import { MemoryStore } from "../../chat/stores/memory-store.js";
import { exactly, limit as limitCheck } from "../../stream/checks.js";
import { WordMemory } from "../memory/word-memory.js";
import { checkListRuns } from "./check-list-runs.js";
import type {
  ListRuns,
  NewRun,
  RunDetails,
  RunJournal,
  StepRecord,
  WorkflowEngine,
  WorkflowRunRecord,
} from "./engine.js";
import { markAnswered } from "./open-questions.js";
import { noQuestion, noRun, runBusy, runExists, runLost } from "./run-errors.js";
import { stepOfNote } from "./step-key.js";

interface Kept {
  record: WorkflowRunRecord;
  steps: Map<string, StepRecord>;
  notes: Map<string, JsonValue>;
  /** Who runs it now. */
  holder: AbortController | undefined;
}

/** Settings of a `MemoryEngine`. */
export interface MemoryEngineOptions {
  /** How many runs are kept, or `Infinity`. Beyond it the oldest that are over go first, then the oldest that wait. Default 1,000. */
  maxRuns?: number;
}

const checkOptions = exactly("options of a memory engine", { maxRuns: limitCheck });

/** Keeps runs in this process's memory: they wait for answers, and are gone with the process. */
export class MemoryEngine implements WorkflowEngine {
  readonly name = "memory";
  readonly conversations = new MemoryStore();
  readonly memory = new WordMemory();
  readonly #runs = new Map<string, Kept>();
  readonly #maxRuns: number;

  /** @throws {SluiceError} `invalid-argument` for unknown options. */
  constructor(options: MemoryEngineOptions = {}) {
    checkOptions(options, "options");
    this.#maxRuns = options.maxRuns ?? 1_000;
  }

  async begin(run: NewRun): Promise<RunJournal> {
    if (this.#runs.has(run.id)) throw runExists(run.id);
    this.#makeRoom();
    const now = new Date().toISOString();
    const kept: Kept = {
      record: { ...run, status: "running", createdAt: now, updatedAt: now, questions: [] },
      steps: new Map(),
      notes: new Map(),
      holder: undefined,
    };
    this.#runs.set(run.id, kept);
    return this.#journal(kept);
  }

  async resume(id: string): Promise<{ run: WorkflowRunRecord; journal: RunJournal }> {
    const kept = this.#get(id);
    if (kept.holder !== undefined) throw runBusy(id, "this process");
    const { record: run } = kept;
    update(kept, { status: "running", questions: [] });
    return { run, journal: this.#journal(kept) };
  }

  async answer(runId: string, questionId: string, answer: JsonValue): Promise<void> {
    const kept = this.#get(runId);
    const { record, notes } = kept;
    const key = `answer:${questionId}`;
    const open = record.questions.some(({ id }) => id === questionId);
    if (notes.has(key) || !open) throw noQuestion(runId, questionId, notes.has(key));
    notes.set(key, answer);
    update(kept, { questions: markAnswered(record.questions, questionId) });
  }

  async list(options: ListRuns = {}): Promise<WorkflowRunRecord[]> {
    checkListRuns(options);
    const { limit = 100, status, workflow, owner, after } = options;
    const wanted = (run: WorkflowRunRecord) =>
      (status === undefined || run.status === status) &&
      (workflow === undefined || run.workflow === workflow) &&
      (owner === undefined || run.owner === owner) &&
      (after === undefined || byTime(run, after) > 0);
    const all = [...this.#runs.values()].map(({ record }) => record);
    return all.filter(wanted).sort(byTime).slice(0, limit);
  }

  /** None: runs end with this process. */
  async abandoned(): Promise<WorkflowRunRecord[]> {
    return [];
  }

  async show(id: string): Promise<RunDetails> {
    const { record, steps } = this.#get(id);
    return { ...record, steps: [...steps.values()] };
  }

  async forget(id: string, isForgotten: (key: string) => boolean): Promise<void> {
    const { steps, notes, holder } = this.#get(id);
    if (holder !== undefined) throw runBusy(id, "this process");
    for (const key of [...steps.keys()]) if (isForgotten(key)) steps.delete(key);
    for (const name of [...notes.keys()]) if (isForgotten(stepOfNote(name, id))) notes.delete(name);
  }

  async cancel(id: string): Promise<void> {
    const kept = this.#get(id);
    if (kept.record.status !== "completed") update(kept, { status: "cancelled", questions: [] });
    kept.holder?.abort(runLost(id, true));
  }

  /** Forgets a run. */
  remove(id: string): void {
    this.#runs.delete(id);
  }

  async close(): Promise<void> {
    this.#runs.clear();
  }

  #makeRoom(): void {
    for (const states of [["completed", "failed", "cancelled"], ["waiting"]]) {
      for (const [id, { record, holder }] of this.#runs) {
        if (this.#runs.size < this.#maxRuns) return;
        if (holder === undefined && states.includes(record.status)) this.#runs.delete(id);
      }
    }
  }

  #get(id: string): Kept {
    const kept = this.#runs.get(id);
    if (kept === undefined) throw noRun(id);
    return kept;
  }

  #journal(kept: Kept): RunJournal {
    const holder = new AbortController();
    kept.holder = holder;
    return {
      lost: holder.signal,
      get stepCount() {
        return kept.steps.size;
      },
      step: (key) => kept.steps.get(key),
      record: (record) => {
        kept.steps.set(record.key, record);
      },
      note: (key) => kept.notes.get(key),
      setNote: (key, value) => {
        kept.notes.set(key, value);
      },
      finish: async (state) => {
        if (!holder.signal.aborted) update(kept, state);
      },
      close: async () => {
        if (kept.holder === holder) kept.holder = undefined;
      },
    };
  }
}

/** The newest first, then by id. */
function byTime(a: Pick<WorkflowRunRecord, "createdAt" | "id">, b: typeof a): number {
  if (a.createdAt !== b.createdAt) return a.createdAt < b.createdAt ? 1 : -1;
  return a.id === b.id ? 0 : a.id < b.id ? 1 : -1;
}

function update(kept: Kept, state: Partial<WorkflowRunRecord>): void {
  kept.record = { ...kept.record, ...state, updatedAt: new Date().toISOString() };
}
