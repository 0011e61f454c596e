import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { SluiceError } from "../../../src/stream/error.js";
import { Icon } from "../design/icon.js";
import { hrefOf } from "../shell/route.js";
import { SidebarButton } from "../shell/sidebar.js";
import { GraphView } from "./graph-view.js";
import { StartForm } from "./start-form.js";
import { startRun } from "./start-run.js";
import { readWorkflow, type WorkflowDetails } from "./workflow-api.js";

/** A workflow of the server: its graph, and what a run is given. */
export function StartPage({ name }: { name: string }) {
  const workflow = useSignal<WorkflowDetails | undefined>(undefined);
  const problem = useSignal("");
  useEffect(() => {
    document.title = `${name} · Sluice`;
    readWorkflow(name).then(
      (found) => {
        workflow.value = found;
      },
      (thrown: unknown) => {
        problem.value = SluiceError.from(thrown).message;
      },
    );
  }, [name]);
  const { value: found } = workflow;
  return (
    <div class="page start-page">
      <header class="page-head">
        <SidebarButton />
        <a class="icon-button" href={hrefOf("workflows")} aria-label="All workflows" title="All workflows">
          <Icon name="left" />
        </a>
        <h1>{name}</h1>
        <span class="grow" />
        <a class="button small" href={hrefOf("workflows", "edit", "workflow", name)}>
          <Icon name="edit" />
          Open in the editor
        </a>
      </header>
      {problem.value !== "" && (
        <div class="empty" role="alert">
          <Icon name="alert" />
          <h2>This workflow cannot be shown</h2>
          <p>{problem.value}</p>
        </div>
      )}
      {found !== undefined && (
        <div class="start-body">
          <section class="card start-card" aria-label="What the run is given">
            {found.description !== undefined && <p>{found.description}</p>}
            <StartForm
              inputs={found.inputs}
              onStart={(inputs) =>
                startRun({ graph: found.graph, name }, `v1/workflows/${encodeURIComponent(name)}/runs`, { inputs })
              }
            />
          </section>
          <div class="card graph-card">
            <GraphView graph={found.graph} />
          </div>
        </div>
      )}
    </div>
  );
}
