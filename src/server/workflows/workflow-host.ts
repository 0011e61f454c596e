import { uuid } from "../../base/uuid.js";
import { SluiceError } from "../../stream/error.js";
import type { RunDetails, WorkflowEngine, WorkflowRunRecord } from "../../workflows/engines/engine.js";
import { MemoryEngine } from "../../workflows/engines/memory-engine.js";
import type { WorkflowServices } from "../../workflows/services.js";
import { loadWorkflow, type Workflow } from "../../workflows/workflow.js";
import { type Caller, LOCAL } from "../protect/caller.js";

/** Begins the ids of runs whose document a caller gave, so that they never get what a served workflow may use. */
const GIVEN = "document-";

/** Settings of a `WorkflowHost`. */
export interface WorkflowHostOptions {
  /** By the names that they are served under. */
  workflows: ReadonlyMap<string, Workflow>;
  /** Keeps the runs. Default: this process's memory. */
  engine?: WorkflowEngine;
  /** What documents of callers may use; absent: none are run. */
  documents?: WorkflowServices;
}

/** The workflows of a server and their runs. */
export class WorkflowHost {
  readonly workflows: ReadonlyMap<string, Workflow>;
  readonly engine: WorkflowEngine;
  readonly #documents: WorkflowServices | undefined;

  constructor({ workflows, engine = new MemoryEngine(), documents }: WorkflowHostOptions) {
    this.workflows = workflows;
    this.engine = engine;
    this.#documents = documents;
  }

  /** Whether a caller may run documents of its own: one that may ask some models alone may not, since a document names any. */
  runsDocumentsOf({ models }: Caller): boolean {
    return this.#documents !== undefined && models === undefined;
  }

  /** What a document is checked with: without services, what it needs of them is a finding. */
  get checked(): WorkflowServices {
    return this.#documents ?? {};
  }

  /** A caller's document, ready to be run, and the id of its run. @throws {SluiceError} `permission`; what is wrong with it. */
  async given(document: unknown, caller: Caller): Promise<{ workflow: Workflow; runId: string }> {
    if (!this.runsDocumentsOf(caller)) {
      throw new SluiceError("permission", "this server runs no documents of this caller (option documents)", {
        field: "document",
      });
    }
    return { workflow: await loadWorkflow(document, this.checked), runId: GIVEN + uuid() };
  }

  /** A workflow by the name that it is served under. @throws {SluiceError} `not-found`. */
  served(name: string): Workflow {
    const workflow = this.workflows.get(name);
    if (workflow !== undefined) return workflow;
    const names = [...this.workflows.keys()].join(", ") || "none";
    throw new SluiceError("not-found", `there is no workflow ${JSON.stringify(name)}; there are ${names}`, {
      field: "workflow",
    });
  }

  /** What the runs of a caller are listed by. Where the server asks for no key, there is one person: all are theirs. */
  ownerOf(caller: Caller): string | undefined {
    return caller === LOCAL ? undefined : caller.name;
  }

  /** A run of the caller's, with its steps. @throws {SluiceError} `not-found`, for those of others as well. */
  async run(id: string, caller: Caller): Promise<RunDetails> {
    const owner = this.ownerOf(caller);
    const run = await this.engine.show(id);
    if (owner === undefined || run.owner === owner) return run;
    throw new SluiceError("not-found", `there is no run ${JSON.stringify(id)}`, { field: "runId" });
  }

  /** What a run's workflow is served as; `undefined` for a caller's document, and for what is not served any more. */
  nameOf({ id, workflow, document }: WorkflowRunRecord): string | undefined {
    if (id.startsWith(GIVEN)) return undefined;
    const named = [...this.workflows].filter(([, one]) => one.name === workflow);
    const text = JSON.stringify(document);
    return (named.find(([, one]) => JSON.stringify(one.document) === text) ?? named[0])?.[0];
  }

  /**
   * What a run that goes on may use: what its workflow may.
   *
   * @throws {SluiceError} `permission` for a document of a caller who may run none; `not-found` where its workflow is not
   *   served any more.
   */
  servicesOf(run: WorkflowRunRecord, caller: Caller): WorkflowServices {
    const name = this.nameOf(run);
    const served = name === undefined ? undefined : this.workflows.get(name);
    if (served !== undefined) return served.services;
    if (this.runsDocumentsOf(caller)) return this.checked;
    throw new SluiceError("permission", `the workflow ${run.workflow} of this run is not served`, { field: "runId" });
  }
}
