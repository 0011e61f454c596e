import type { WorkflowStatusString } from "@dbos-inc/dbos-sdk";
import type { JsonValue } from "../../../base/json.js";
import { PostgresStore } from "../../../chat/stores/postgres-store.js";
import { exactly, filledString } from "../../../stream/checks.js";
import { messageOf, SluiceError } from "../../../stream/error.js";
import { PostgresMemory } from "../../memory/postgres-memory.js";
import { checkListRuns } from "../check-list-runs.js";
import type {
  ListRuns,
  NewRun,
  RunDetails,
  RunJournal,
  RunStatus,
  WorkflowEngine,
  WorkflowRunRecord,
} from "../engine.js";
import { markAnswered } from "../open-questions.js";
import { noQuestion, noRun, runBusy, runExists } from "../run-errors.js";
import { stepOfNote } from "../step-key.js";
import { DbosJournal } from "./dbos-journal.js";
import { holderOf, Replica, RUN_WORKFLOW } from "./replica.js";
import type { RunSession } from "./run-session.js";
import { contentsOfSteps, recordOf, type StoredRun } from "./stored-run.js";

const checkOptions = exactly("options of the engine dbos", {});

/** How many runs are read at once. */
const PAGE = 100;
/** How often it is asked whether DBOS has written how a run stands, in ms. */
const SETTLING_MS = 20;
/** How long DBOS may take to begin or to end a run that was handed to it, in seconds. */
const PATIENCE_SECONDS = 30;
/** Where runs wait that nobody is to run. */
const PARKED = "sluice-parked";

/**
 * Keeps runs in PostgreSQL through DBOS, for several machines. Each run is a workflow there, and what it writes are its steps;
 * the steps of a Sluice workflow themselves run in this process. A replica that lives holds an advisory lock: only the runs of
 * one that is gone can be taken, and what a replica that lost its connection still does is not written.
 *
 * Needs the packages `@dbos-inc/dbos-sdk` and `pg`, and a connection of its own: a pool that shares connections between
 * transactions (PgBouncer's `transaction` mode) would lose the lock. One engine of this kind can be open in a process.
 */
export class DbosEngine implements WorkflowEngine {
  readonly name = "dbos";
  readonly conversations: PostgresStore;
  readonly memory: PostgresMemory;
  readonly #url: string;
  #replica: Promise<Replica>;
  #closed = false;

  private constructor(url: string, conversations: PostgresStore, memory: PostgresMemory, replica: Replica) {
    this.#url = url;
    this.memory = memory;
    this.conversations = conversations;
    this.#replica = Promise.resolve(replica);
  }

  /**
   * Connects, and makes the tables of DBOS (schema `dbos`) and of conversations where they are missing.
   *
   * @param url for example `postgres://user:password@localhost/runs`.
   * @throws {SluiceError} `store-failed`; `unsupported` where a package is missing, or this process has DBOS running.
   * @example
   * ```ts
   * import { DbosEngine, loadWorkflow } from "sluice/workflows";
   *
   * const engine = await DbosEngine.open("postgres://localhost/runs");
   * const run = (await loadWorkflow('{ "steps": [] }')).run({ engine });
   * ```
   */
  static async open(url: string, options: Record<string, never> = {}): Promise<DbosEngine> {
    filledString(url, "url");
    checkOptions(options, "options");
    const conversations = await PostgresStore.open(url);
    let memory: PostgresMemory | undefined;
    try {
      memory = await PostgresMemory.open(url);
      return new DbosEngine(url, conversations, memory, await Replica.start(url));
    } catch (thrown) {
      await conversations.close();
      await memory?.close();
      throw thrown;
    }
  }

  async begin({ id, workflow, inputs, document, format, owner }: NewRun): Promise<RunJournal> {
    const replica = await this.#live();
    if (replica.sessions.has(id)) throw runExists(id);
    const input = { workflow, inputs, document, format, owner: owner ?? null };
    const session = await guarded(() => replica.begin(id, input));
    if (session === undefined) throw runExists(id);
    return this.#journal(replica, id, session);
  }

  async resume(id: string): Promise<{ run: WorkflowRunRecord; journal: RunJournal }> {
    const stored = await this.#stored(id);
    return { run: recordOf(stored), journal: await this.#take(stored) };
  }

  async answer(runId: string, questionId: string, answer: JsonValue): Promise<void> {
    const stored = await this.#stored(runId);
    const key = `answer:${questionId}`;
    const { status, questions } = recordOf(stored);
    const asked = questions.find(({ id }) => id === questionId);
    if (asked === undefined || asked.answered === true) {
      const { notes } = await this.#contents(runId);
      throw noQuestion(runId, questionId, notes.has(key));
    }
    const journal = await this.#take(stored);
    try {
      if (journal.note(key) !== undefined) throw noQuestion(runId, questionId, true);
      await journal.setNote(key, answer);
    } finally {
      await journal.finish({ status, questions: markAnswered(questions, questionId) });
    }
  }

  async list(options: ListRuns = {}): Promise<WorkflowRunRecord[]> {
    checkListRuns(options);
    const { limit = 100, status, workflow, owner, after } = options;
    const found: WorkflowRunRecord[] = [];
    for await (const run of this.#stream({
      attributes: { ...(workflow !== undefined && { workflow }), ...(owner !== undefined && { owner }) },
      ...(status !== undefined && { status: DBOS_STATUS[status] }),
      ...(after !== undefined && { endTime: after.createdAt }),
      sortDesc: true,
    })) {
      const last = found[limit - 1];
      // Runs of one moment are put in order below.
      if (last !== undefined && run.createdAt < last.createdAt) break;
      if (status !== undefined && run.status !== status) continue;
      if (after === undefined || newestFirst(after, run) < 0) found.push(run);
    }
    return found.sort(newestFirst).slice(0, limit);
  }

  async abandoned(): Promise<WorkflowRunRecord[]> {
    const replica = await this.#live();
    const dead = new Map<string, boolean>([[replica.id, false]]);
    const runs: WorkflowRunRecord[] = [];
    const stored = await guarded(() =>
      replica.dbos.listWorkflows({ workflowName: RUN_WORKFLOW, status: DBOS_STATUS.running }),
    );
    for (const run of stored) {
      const holder = holderOf(run);
      if (!dead.has(holder)) dead.set(holder, (await replica.lock.whileDead(holder, async () => true)) === true);
      if (dead.get(holder)) runs.push(recordOf(run));
    }
    return runs;
  }

  async show(id: string): Promise<RunDetails> {
    const stored = await this.#stored(id);
    return { ...recordOf(stored), steps: [...(await this.#contents(id)).steps.values()] };
  }

  async forget(id: string, isForgotten: (key: string) => boolean): Promise<void> {
    const journal = await this.#take(await this.#stored(id));
    const { steps, notes } = await this.#contents(id);
    await journal.forget(
      [...steps.keys()].filter(isForgotten),
      [...notes.keys()].filter((key) => isForgotten(stepOfNote(key, id))),
    );
    await journal.finish({ status: "waiting", questions: [] });
  }

  async cancel(id: string): Promise<void> {
    const replica = await this.#live();
    const stored = await this.#stored(id);
    const { status } = recordOf(stored);
    if (status === "completed") return;
    await guarded(async () => {
      if (isOver(stored)) await this.#handTo(replica, stored, PARKED);
      await replica.dbos.cancelWorkflow(id);
      await replica.lock.announceCancelled(id);
    });
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await (await this.#replica.catch(() => undefined))?.stop();
    await this.conversations.close();
    await this.memory.close();
  }

  /** This process at PostgreSQL. Who lost the connection begins a new life: others may have what it had. */
  async #live(): Promise<Replica> {
    if (this.#closed) throw new SluiceError("store-failed", "runs at PostgreSQL: the engine was closed");
    const before = this.#replica;
    const replica = await before;
    if (!replica.lock.lost.aborted) return replica;
    if (this.#replica === before) {
      this.#replica = replica.stop().then(() => Replica.start(this.#url));
      // Where the server is still away, the next call tries again.
      this.#replica.catch(() => {
        this.#replica = before;
      });
    }
    return this.#live();
  }

  async #stored(id: string): Promise<StoredRun> {
    const { dbos } = await this.#live();
    const [stored] = await guarded(() => dbos.listWorkflows({ workflowName: RUN_WORKFLOW, workflowIDs: [id] }));
    if (stored === undefined) throw noRun(id);
    return stored;
  }

  async #contents(id: string) {
    const { dbos } = await this.#live();
    return contentsOfSteps((await guarded(() => dbos.listWorkflowSteps(id))) ?? []);
  }

  async *#stream(filter: Parameters<Replica["dbos"]["listWorkflows"]>[0]): AsyncGenerator<WorkflowRunRecord> {
    const { dbos } = await this.#live();
    for (let offset = 0; ; offset += PAGE) {
      const page = await guarded(() =>
        dbos.listWorkflows({ ...filter, workflowName: RUN_WORKFLOW, limit: PAGE, offset }),
      );
      for (const run of page) yield recordOf(run);
      if (page.length < PAGE) return;
    }
  }

  /** Takes a run that nobody has. @throws {SluiceError} `conflict` where somebody has it. */
  async #take(stored: StoredRun): Promise<DbosJournal> {
    const replica = await this.#live();
    const { workflowID: id } = stored;
    if (replica.sessions.has(id)) throw runBusy(id, "this process");
    const session = replica.expect(id);
    try {
      if (isOver(stored)) await this.#handTo(replica, stored, replica.queue);
      else await this.#takeOver(replica, stored);
      return await this.#journal(replica, id, session);
    } catch (thrown) {
      if (replica.sessions.get(id) === session) replica.sessions.delete(id);
      throw SluiceError.from(thrown, "store-failed");
    }
  }

  /** Takes a run from a replica, while it is certain that it is gone. */
  async #takeOver(replica: Replica, { workflowID: id, ...seen }: StoredRun): Promise<void> {
    const holder = holderOf(seen);
    const busy = () => runBusy(id, `replica ${holder}`);
    if (holder === replica.id) throw busy();
    const taken = await replica.lock.whileDead(holder, async () => {
      const now = await this.#stored(id);
      if (isOver(now) || holderOf(now) !== holder) return false;
      await guarded(() => replica.dbos.resumeWorkflow(id, { queueName: replica.queue }));
      return true;
    });
    if (taken !== true) throw busy();
  }

  /** Puts a run that is over into a queue, as it is. One of several that try succeeds. */
  async #handTo(replica: Replica, { workflowID: id }: StoredRun, queueName: string): Promise<void> {
    const { dbos } = replica;
    const steps = (await guarded(() => dbos.listWorkflowSteps(id))) ?? [];
    const startStep = Math.max(-1, ...steps.map(({ functionID }) => functionID)) + 1;
    try {
      await dbos.rewindWorkflow(id, { startStep, queueName });
    } catch (thrown) {
      if (isOver(await this.#stored(id))) throw failed(thrown);
      throw runBusy(id, "another replica");
    }
  }

  async #journal(replica: Replica, id: string, session: RunSession): Promise<DbosJournal> {
    const contents = await openedInTime(session, id);
    const settled = async () => {
      const options = { timeoutSeconds: PATIENCE_SECONDS, pollingIntervalMs: SETTLING_MS };
      await replica.dbos.getResult(id, options).catch(() => {});
    };
    return new DbosJournal(session, contents, settled);
  }
}

/** How runs that stand so stand at DBOS. */
const DBOS_STATUS = {
  running: ["PENDING", "ENQUEUED", "DELAYED"],
  waiting: ["SUCCESS"],
  completed: ["SUCCESS"],
  failed: ["ERROR", "MAX_RECOVERY_ATTEMPTS_EXCEEDED"],
  cancelled: ["CANCELLED", "SUCCESS"],
} satisfies Record<RunStatus, WorkflowStatusString[]>;

/** Whether the run's workflow has ended at DBOS, so that no replica has it. */
function isOver({ status }: StoredRun): boolean {
  return !["PENDING", "ENQUEUED", "DELAYED"].includes(status);
}

async function openedInTime(session: RunSession, id: string) {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const error = new SluiceError("store-failed", `the run ${id} was not begun in ${PATIENCE_SECONDS} s`, {
      retryable: true,
    });
    timer = setTimeout(() => reject(error), PATIENCE_SECONDS * 1_000);
    session.lost.addEventListener("abort", () => reject(session.lost.reason), { once: true });
  });
  try {
    return await Promise.race([session.opened, late]);
  } finally {
    clearTimeout(timer);
  }
}

function newestFirst(a: Pick<WorkflowRunRecord, "createdAt" | "id">, b: typeof a): number {
  if (a.createdAt !== b.createdAt) return a.createdAt < b.createdAt ? 1 : -1;
  return a.id === b.id ? 0 : a.id < b.id ? 1 : -1;
}

async function guarded<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (thrown) {
    throw failed(thrown);
  }
}

function failed(thrown: unknown): SluiceError {
  if (thrown instanceof SluiceError) return thrown;
  return new SluiceError("store-failed", `runs at PostgreSQL: ${messageOf(thrown)}`, {
    cause: thrown,
    retryable: true,
  });
}
