import type { JsonObject } from "../../base/json.js";
import { exactly } from "../../stream/checks.js";
import { graphOf } from "../../workflows/graph/graph-of.js";
import { TEMPLATE_NAMES, workflowTemplate } from "../../workflows/templates.js";
import { checkWorkflow, type Workflow } from "../../workflows/workflow.js";
import { workflowJsonSchema } from "../../workflows/workflow-json-schema.js";
import { jsonReply, type ServerCall, type ServerReply } from "../call.js";
import { asRequestLater, checkedBody } from "../checked-body.js";
import { nativeRoute } from "../native-route.js";
import { pathPart } from "../path-rest.js";
import type { Route } from "../route.js";
import type { ServerCore } from "../server-core.js";
import { aDocument } from "./a-document.js";
import { graphJson } from "./graph-json.js";
import type { WorkflowHost } from "./workflow-host.js";
import { workflowRunRoutes } from "./workflow-run-routes.js";

const BASE = "/v1/workflows";

/** Workflows and their runs: what an editor, a form and a picture of a run need. */
export function workflowRoutes(core: ServerCore, host: WorkflowHost): Route[] {
  const route = nativeRoute("Workflows", "", (call) => call);
  return [
    route("GET", BASE, "those that the caller may run", async (call) => {
      const data = namesFor(core, host, call).map((name) => outline(name, host.served(name)));
      return jsonReply({ data, documents: host.runsDocumentsOf(call.caller) });
    }),
    route("GET", `${BASE}/:name`, "one with its document, its graph and the schema of its inputs", async (call) => {
      const name = nameIn(call);
      core.models.find(name, call.caller);
      const workflow = host.served(name);
      const { document, warnings, plan } = workflow;
      return jsonReply({ ...outline(name, workflow), document, warnings, graph: graphJson(graphOf(plan)) });
    }),
    route("GET", "/v1/workflow-schema", "the format as JSON Schema, for editors", async () =>
      jsonReply(workflowJsonSchema(host.checked.stepTypes)),
    ),
    route("GET", "/v1/workflow-templates", "documents to begin with", async () =>
      jsonReply({ data: TEMPLATE_NAMES.map((name) => ({ name, document: workflowTemplate(name) })) }),
    ),
    route("POST", "/v1/workflow-check", "everything that is wrong with a document, and its graph", (call) =>
      check(host, call),
    ),
    ...workflowRunRoutes(core, host),
  ];
}

/** The workflow that a path names. */
function nameIn(call: ServerCall): string {
  return pathPart(call, `${BASE}/`);
}

function namesFor(core: ServerCore, host: WorkflowHost, { caller }: ServerCall): string[] {
  return core.models.list(caller).flatMap(({ name }) => (host.workflows.has(name) ? [name] : []));
}

function outline(name: string, { description, inputSchema }: Workflow): JsonObject {
  return { name, ...(description !== undefined && { description }), inputs: inputSchema };
}

const CHECK = exactly("a document to check", { document: { required: aDocument } }, "body");

async function check(host: WorkflowHost, call: ServerCall): Promise<ServerReply> {
  const { document } = await checkedBody(call, CHECK);
  const { workflow, diagnostics } = await asRequestLater(() => checkWorkflow(document, host.checked));
  if (workflow === undefined) return jsonReply({ diagnostics });
  const { name, inputSchema, plan } = workflow;
  return jsonReply({ diagnostics, name, inputs: inputSchema, graph: graphJson(graphOf(plan)) });
}
