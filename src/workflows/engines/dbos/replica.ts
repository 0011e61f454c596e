import type { DBOS as Dbos, Error as DbosErrors, DLogger, WorkflowHandle } from "@dbos-inc/dbos-sdk";
import { uuid } from "../../../base/uuid.js";
import { messageOf, SluiceError } from "../../../stream/error.js";
import { loadPeer } from "../../../stream/load-peer.js";
import { FORMAT } from "../engine.js";
import { runLost } from "../run-errors.js";
import { ReplicaLock } from "./replica-lock.js";
import type { RunInput, RunStanding } from "./run-log.js";
import { RunSession } from "./run-session.js";

/** The name of the workflow at DBOS that keeps a run's log. */
export const RUN_WORKFLOW = "sluice.run";
/** The name under which runs stand in the system database. */
const APPLICATION = "sluice";
/** How often a replica looks whether a run was handed to it, in ms. */
const POLL_MS = 200;
/** Stands before the name of a replica in that of its queue. */
const QUEUE = "sluice-replica-";

type StaticDbos = typeof Dbos;

/** What DBOS says of itself goes nowhere: errors of runs reach whoever runs them, and DBOS tries again where it cannot write. */
const SILENT: DLogger = { info: () => {}, debug: () => {}, warn: () => {}, error: () => {} };

/** The workflow, registered once in a process: DBOS is one in a process, too. */
let registered: ((input: RunInput) => Promise<RunStanding>) | undefined;
let current: Replica | undefined;

/** One life of an engine at PostgreSQL: from taking its lock until the connection that holds it ends. */
export class Replica {
  readonly id: string;
  readonly dbos: StaticDbos;
  readonly lock: ReplicaLock;
  /** The runs that it has, by id. */
  readonly sessions = new Map<string, RunSession>();
  readonly #errors: typeof DbosErrors;

  private constructor(id: string, dbos: StaticDbos, errors: typeof DbosErrors, lock: ReplicaLock) {
    this.id = id;
    this.dbos = dbos;
    this.#errors = errors;
    this.lock = lock;
    lock.lost.addEventListener("abort", () => this.#loseAll(lock.lost.reason), { once: true });
  }

  /** @throws {SluiceError} `store-failed`; `unsupported` where a package is missing, or DBOS runs in this process already. */
  static async start(url: string): Promise<Replica> {
    const { DBOS, Error: errors } = await loadPeer("@dbos-inc/dbos-sdk", "the engine dbos", {
      together: ["pg"],
    });
    if (DBOS.isInitialized()) {
      const message = "DBOS runs in this process already, and there is one in a process: close the other engine first";
      throw new SluiceError("unsupported", message, { field: "engine" });
    }
    const id = uuid();
    const lock = await ReplicaLock.take(url, id, (runId) => current?.sessions.get(runId)?.lose(runLost(runId, true)));
    const replica = new Replica(id, DBOS, errors, lock);
    registered ??= DBOS.registerWorkflow(runCurrent, { name: RUN_WORKFLOW });
    try {
      DBOS.setConfig({
        name: APPLICATION,
        systemDatabaseUrl: url,
        // A run waits for a replica of its format; its document travels with it.
        applicationVersion: `format-${FORMAT}`,
        executorID: id,
        listenQueues: [replica.queue],
        logger: SILENT,
      });
      current = replica;
      await DBOS.launch();
      await DBOS.registerQueue(replica.queue, { minPollingIntervalMs: POLL_MS });
      return replica;
    } catch (thrown) {
      await replica.stop();
      throw new SluiceError("store-failed", `runs at PostgreSQL: ${messageOf(thrown)}`, {
        cause: thrown,
        retryable: true,
      });
    }
  }

  /** Where runs are handed to this replica. */
  get queue(): string {
    return QUEUE + this.id;
  }

  /** Begins a run here. @returns `undefined` for an id that is taken. */
  async begin(runId: string, input: RunInput): Promise<RunSession | undefined> {
    if (registered === undefined) throw new SluiceError("protocol", "the workflow of runs is not registered");
    const { workflow, owner } = input;
    const session = this.#session(runId);
    const start = this.dbos.startWorkflow(registered, {
      workflowID: runId,
      workflowIDReusePolicy: "reject",
      workflowAttributes: { workflow, ...(owner !== null && { owner }) },
    });
    try {
      quiet(await start(input));
    } catch (thrown) {
      this.sessions.delete(runId);
      if (this.#errors.isWorkflowIDInUseError(thrown)) return undefined;
      throw thrown;
    }
    return session;
  }

  /** Expects a run that is handed to this replica. */
  expect(runId: string): RunSession {
    return this.#session(runId);
  }

  async stop(): Promise<void> {
    // Bodies that are left write nothing more, and others may take their runs as soon as the lock is free.
    this.#loseAll(new SluiceError("cancelled", "the engine was closed"));
    if (current === this) current = undefined;
    await this.dbos.deleteQueue(this.queue).catch(() => {});
    await this.dbos.shutdown().catch(() => {});
    await this.lock.release();
  }

  /** The body of the workflow at DBOS. */
  async run(): Promise<RunStanding> {
    const runId = this.dbos.workflowID ?? "";
    const session = this.#session(runId);
    try {
      return await session.run(
        (run, config) => this.dbos.runStep(run, config),
        this.id,
        (thrown) => this.#taken(runId, thrown),
      );
    } finally {
      if (this.sessions.get(runId) === session) this.sessions.delete(runId);
    }
  }

  #session(runId: string): RunSession {
    const known = this.sessions.get(runId);
    if (known !== undefined) return known;
    const session = new RunSession();
    this.sessions.set(runId, session);
    return session;
  }

  #taken(runId: string, thrown: unknown): SluiceError {
    if (thrown instanceof this.#errors.DBOSWorkflowCancelledError) return runLost(runId, true);
    if (thrown instanceof this.#errors.DBOSWorkflowConflictError) return runLost(runId, false);
    return new SluiceError("store-failed", `the run ${runId}: ${messageOf(thrown)}`, {
      cause: thrown,
      retryable: true,
    });
  }

  #loseAll(error: SluiceError): void {
    for (const session of this.sessions.values()) session.lose(error);
    this.sessions.clear();
  }
}

function runCurrent(): Promise<RunStanding> {
  if (current === undefined) throw new SluiceError("protocol", "no engine is open");
  return current.run();
}

/** How a run ends is read from the database; nobody waits for this. */
function quiet(handle: WorkflowHandle<unknown>): void {
  handle.getResult().catch(() => {});
}

/** The replica that has a run: whose queue it is in, or who runs it. */
export function holderOf({
  status,
  queueName,
  executorId,
}: {
  status: string;
  queueName?: string;
  executorId?: string;
}): string {
  if (status === "ENQUEUED" && queueName?.startsWith(QUEUE)) return queueName.slice(QUEUE.length);
  return executorId ?? "";
}
