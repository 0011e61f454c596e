import { useSignal } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";
import type { JsonObject } from "../../../src/base/json.js";
import { SluiceError } from "../../../src/stream/error.js";
import { Icon } from "../design/icon.js";
import { hrefOf } from "../shell/route.js";
import { SidebarButton } from "../shell/sidebar.js";
import { tabText } from "../store/kept-text.js";
import { DocumentEditor } from "./document-editor.js";
import { GraphView } from "./graph-view.js";
import { StartForm } from "./start-form.js";
import { startRun } from "./start-run.js";
import {
  type CheckedDocument,
  checkDocument,
  listWorkflows,
  readSchema,
  readTemplates,
  readWorkflow,
} from "./workflow-api.js";

/** How long one has not typed before what was written is checked, in ms. */
const PAUSE_MS = 350;
/** What was written last, so that a reload loses nothing. */
const draft = tabText("sluice-workflow-draft");

const SOURCES = ["template", "workflow"] as const;

/** Writes a workflow: the document with completion and findings, its graph beside it, and a run. */
export function EditPage({ source, name }: { source: string | undefined; name: string | undefined }) {
  const first = useSignal<string | undefined>(undefined);
  const schema = useSignal<JsonObject | undefined>(undefined);
  const documents = useSignal(true);
  const problem = useSignal("");
  useEffect(() => {
    document.title = "Editor · Sluice";
    const fail = (thrown: unknown) => {
      problem.value = SluiceError.from(thrown).message;
    };
    void readSchema().then((found) => {
      schema.value = found;
    }, fail);
    void listWorkflows().then((list) => {
      documents.value = list.documents;
    }, fail);
    void firstText(source, name).then((text) => {
      first.value = text;
    }, fail);
  }, [source, name]);
  return (
    <div class="page edit-page">
      <header class="page-head">
        <SidebarButton />
        <a class="icon-button" href={hrefOf("workflows")} aria-label="All workflows" title="All workflows">
          <Icon name="left" />
        </a>
        <h1>{name ?? "New workflow"}</h1>
      </header>
      {problem.value !== "" ? (
        <div class="empty" role="alert">
          <Icon name="alert" />
          <h2>The editor cannot be shown</h2>
          <p>{problem.value}</p>
        </div>
      ) : first.value === undefined || schema.value === undefined ? (
        <div class="page-loading" role="status" aria-label="Loading the editor" />
      ) : (
        <Editor first={first.value} schema={schema.value} documents={documents.value} />
      )}
    </div>
  );
}

async function firstText(source: string | undefined, name: string | undefined): Promise<string> {
  if (source === SOURCES[1] && name !== undefined) return pretty((await readWorkflow(name)).document);
  if (source === SOURCES[0]) {
    const templates = await readTemplates();
    const found = templates.find((one) => one.name === name) ?? templates[0];
    if (found !== undefined) return pretty(found.document);
  }
  return draft.text.peek() || '{\n  "name": "new",\n  "steps": [\n    \n  ]\n}\n';
}

function pretty(document: JsonObject): string {
  return `${JSON.stringify(document, null, 2)}\n`;
}

function Editor({ first, schema, documents }: { first: string; schema: JsonObject; documents: boolean }) {
  const text = useSignal(first);
  const revealed = useSignal<{ path: string } | undefined>(undefined);
  const { checked, graph } = useCheckedDocument(text.value);
  const diagnostics = useMemo(() => checked?.diagnostics ?? [], [checked]);
  return (
    <div class="edit-body">
      <div class="edit-text card">
        <DocumentEditor
          text={first}
          schema={schema}
          diagnostics={diagnostics}
          revealed={revealed.value}
          onChange={(changed) => {
            text.value = changed;
            draft.keep(changed);
          }}
        />
        <Findings
          checked={checked}
          onReveal={(path) => {
            revealed.value = { path };
          }}
        />
      </div>
      <div class="edit-side">
        <div class="card graph-card">
          {graph === undefined ? (
            <p class="table-note">The graph appears as soon as the document is right.</p>
          ) : (
            <GraphView graph={graph} />
          )}
        </div>
        {documents ? (
          checked?.graph !== undefined && <StartCard document={text.value} checked={checked} graph={checked.graph} />
        ) : (
          <p class="notice">
            This server runs no workflows that are sent to it. Save the file and name it in its configuration.
          </p>
        )}
      </div>
    </div>
  );
}

/**
 * Has the server check what is written once nobody has typed for a moment.
 *
 * @returns `graph` the last one that could be drawn: it stays while the document is not whole.
 */
function useCheckedDocument(written: string): {
  checked: CheckedDocument | undefined;
  graph: CheckedDocument["graph"];
} {
  const checked = useSignal<CheckedDocument | undefined>(undefined);
  const drawn = useSignal<CheckedDocument["graph"]>(undefined);
  useEffect(() => {
    const leaving = new AbortController();
    const timer = setTimeout(async () => {
      try {
        const found = await checkDocument(written, leaving.signal);
        checked.value = found;
        if (found.graph !== undefined) drawn.value = found.graph;
      } catch (thrown) {
        const { code, message } = SluiceError.from(thrown);
        if (code === "cancelled") return;
        checked.value = { diagnostics: [{ severity: "error", code: "not-json", path: "", message }] };
      }
    }, PAUSE_MS);
    return () => {
      clearTimeout(timer);
      leaving.abort();
    };
  }, [written]);
  return { checked: checked.value, graph: drawn.value };
}

interface StartCardProps {
  /** The text of the workflow. */
  document: string;
  checked: CheckedDocument;
  graph: NonNullable<CheckedDocument["graph"]>;
}

function StartCard({ document, checked, graph }: StartCardProps) {
  return (
    <section class="card start-card" aria-label="Run it">
      <StartForm
        inputs={checked.inputs ?? {}}
        onStart={(inputs) => startRun({ graph, name: checked.name ?? "" }, "v1/workflow-runs", { document, inputs })}
      />
    </section>
  );
}

function Findings({ checked, onReveal }: { checked: CheckedDocument | undefined; onReveal(path: string): void }) {
  if (checked === undefined) return <p class="findings ok">Checking…</p>;
  const { diagnostics } = checked;
  if (diagnostics.length === 0) {
    return (
      <p class="findings ok" role="status">
        <Icon name="check" />
        Nothing is wrong.
      </p>
    );
  }
  return (
    <ul class="findings" aria-label="Findings">
      {diagnostics.map(({ severity, path, message, suggestion }, index) => (
        <li key={index}>
          <button type="button" class={severity} onClick={() => onReveal(path)}>
            <Icon name="alert" />
            <span>
              {path !== "" && <code>{path}</code>} {message}
              {suggestion !== undefined && <i> {suggestion}</i>}
            </span>
          </button>
        </li>
      ))}
    </ul>
  );
}
