import type { JsonValue } from "../../base/json.js";
import { MemoryStore } from "../../chat/stores/memory-store.js";
import type { RunDetails, RunJournal, RunRecord, RunStatus, StepRecord, WorkflowEngine } from "./engine.js";
import { noQuestion, noRun, runBusy, runExists, runLost } from "./run-errors.js";
import { stepOfNote } from "./step-key.js";

interface Kept {
  record: RunRecord;
  steps: Map<string, StepRecord>;
  notes: Map<string, JsonValue>;
  /** Who runs it now. */
  holder: AbortController | undefined;
}

/** Keeps runs in this process's memory: they wait for answers, and are gone with the process. */
export class MemoryEngine implements WorkflowEngine {
  readonly name = "memory";
  readonly conversations = new MemoryStore();
  readonly #runs = new Map<string, Kept>();

  async begin(run: Pick<RunRecord, "id" | "workflow" | "inputs" | "document" | "format">): Promise<RunJournal> {
    if (this.#runs.has(run.id)) throw runExists(run.id);
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

  async resume(id: string): Promise<{ run: RunRecord; journal: RunJournal }> {
    const kept = this.#get(id);
    if (kept.holder !== undefined) throw runBusy(id, "this process");
    update(kept, { status: "running", questions: [] });
    return { run: kept.record, journal: this.#journal(kept) };
  }

  async answer(runId: string, questionId: string, answer: JsonValue): Promise<void> {
    const { record, notes } = this.#get(runId);
    const key = `answer:${questionId}`;
    const open = record.questions.some(({ id }) => id === questionId);
    if (notes.has(key) || !open) throw noQuestion(runId, questionId, notes.has(key));
    notes.set(key, answer);
  }

  async list({ limit = 100, status }: { limit?: number; status?: RunStatus } = {}): Promise<RunRecord[]> {
    const all = [...this.#runs.values()].map(({ record }) => record).reverse();
    return all.filter((run) => status === undefined || run.status === status).slice(0, limit);
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
    update(kept, { status: "cancelled", questions: [] });
    kept.holder?.abort(runLost(id, true));
  }

  /** Forgets a run. */
  remove(id: string): void {
    this.#runs.delete(id);
  }

  async close(): Promise<void> {
    this.#runs.clear();
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

function update(kept: Kept, state: Partial<RunRecord>): void {
  kept.record = { ...kept.record, ...state, updatedAt: new Date().toISOString() };
}
