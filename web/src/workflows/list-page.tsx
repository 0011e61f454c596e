import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { SluiceError } from "../../../src/stream/error.js";
import { Icon } from "../design/icon.js";
import { hrefOf } from "../shell/route.js";
import { SidebarButton } from "../shell/sidebar.js";
import { StatusBadge } from "./status-badge.js";
import { listRuns, listWorkflows, type RunSummary, readTemplates, type ServedWorkflow } from "./workflow-api.js";

/** What the server has: its workflows, documents to begin with, and the runs that there were. */
export function ListPage() {
  const { workflows, templates, problem } = useLists();
  return (
    <div class="page workflow-list">
      <header class="page-head">
        <SidebarButton />
        <h1>Workflows</h1>
        <span class="grow" />
        <a class="button small" href={hrefOf("workflows", "edit")}>
          <Icon name="plus" />
          New
        </a>
      </header>
      <div class="list-body">
        {problem.value !== undefined && (
          <div class="empty" role="alert">
            <Icon name="alert" />
            <h2>Workflows cannot be shown</h2>
            <p>{problem.value.message}</p>
          </div>
        )}
        <Cards id="served" title="On this server" listed={workflows.value ?? []} icon="workflow" path={["start"]} />
        <Runs />
        <Cards
          id="templates"
          title="Begin with a template"
          listed={templates.value}
          icon="file"
          path={["edit", "template"]}
        />
      </div>
    </div>
  );
}

/** What the page lists, as far as the server has answered. */
function useLists() {
  const workflows = useSignal<readonly ServedWorkflow[] | undefined>(undefined);
  const templates = useSignal<readonly { name: string; description: string }[]>([]);
  const problem = useSignal<SluiceError | undefined>(undefined);
  useEffect(() => {
    document.title = "Workflows · Sluice";
    listWorkflows().then(
      ({ data }) => {
        workflows.value = data;
      },
      (thrown: unknown) => {
        problem.value = SluiceError.from(thrown);
      },
    );
    void readTemplates().then(
      (found) => {
        templates.value = found.map(({ name, document }) => ({
          name,
          description: String(document.description ?? ""),
        }));
      },
      () => {},
    );
  }, []);
  return { workflows, templates, problem };
}

interface CardsProps {
  id: string;
  title: string;
  listed: readonly { name: string; description?: string | undefined }[];
  icon: CardProps["icon"];
  /** Of the page that a card leads to, before its name. */
  path: readonly string[];
}

function Cards({ id, title, listed, icon, path }: CardsProps) {
  if (listed.length === 0) return null;
  return (
    <section aria-labelledby={id}>
      <h2 id={id}>{title}</h2>
      <ul class="workflow-cards">
        {listed.map(({ name, description }) => (
          <Card key={name} name={name} about={description} href={hrefOf("workflows", ...path, name)} icon={icon} />
        ))}
      </ul>
    </section>
  );
}

interface CardProps {
  name: string;
  about: string | undefined;
  href: string;
  icon: "workflow" | "file";
}

function Card({ name, about, href, icon }: CardProps) {
  return (
    <li>
      <a class="workflow-card card" href={href}>
        <Icon name={icon} />
        <span>
          <b>{name}</b>
          {about !== undefined && about !== "" && <small>{about}</small>}
        </span>
      </a>
    </li>
  );
}

function Runs() {
  const runs = useSignal<readonly RunSummary[] | undefined>(undefined);
  const next = useSignal<string | undefined>(undefined);
  const load = (after?: string) =>
    listRuns(after).then(
      (page) => {
        runs.value = [...(after === undefined ? [] : (runs.value ?? [])), ...page.data];
        next.value = page.next;
      },
      () => {},
    );
  useEffect(() => {
    void load();
  }, []);
  if (runs.value === undefined) return null;
  return (
    <section aria-labelledby="runs">
      <h2 id="runs">Runs</h2>
      {runs.value.length === 0 ? (
        <div class="empty card">
          <Icon name="workflow" />
          <h2>No run yet</h2>
          <p>Choose a workflow or a template. What its steps say arrives here as they say it.</p>
        </div>
      ) : (
        <ul class="workflow-runs card">
          {runs.value.map(({ id, workflow, status, createdAt, error }) => (
            <li key={id}>
              <a href={hrefOf("workflows", "run", id)}>
                <span class="run-name">
                  <b>{workflow}</b>
                  <small>{error?.message ?? id}</small>
                </span>
                <StatusBadge status={status} />
                <time dateTime={createdAt}>
                  {new Date(createdAt).toLocaleString([], { dateStyle: "medium", timeStyle: "short" })}
                </time>
              </a>
            </li>
          ))}
        </ul>
      )}
      {next.value !== undefined && (
        <button type="button" class="button small" onClick={() => void load(next.value)}>
          Older runs
        </button>
      )}
    </section>
  );
}
