import type { JsonObject } from "../../base/json.js";
import { agUi } from "../../dialects/ag-ui/ag-ui.js";
import { WireObject } from "../../dialects/wire-object.js";
import { answer, replyWith, STREAM_HEADERS } from "../answer.js";
import { jsonReply, type ServerCall, type ServerReply } from "../call.js";
import { pathRest } from "../path-rest.js";
import type { Route } from "../route.js";
import type { ServerCore } from "../server-core.js";
import { threadOf } from "../start-served.js";

/** AG-UI: a run is asked for at one path, and joined or stopped by its thread at two others. */
export function agUiRoutes(core: ServerCore): Route[] {
  const route = (path: string, summary: string, handle: Route["handle"]): Route => {
    return { method: "POST", path, summary, handle, errors: agUi };
  };
  return [
    route("/ag-ui", "AG-UI: a run of the first model, or of `forwardedProps.model`", (call) => run(core, call)),
    route("/ag-ui/connect", "AG-UI: the newest run of a thread from its beginning, and on as it goes", (call) =>
      connect(core, call),
    ),
    route("/ag-ui/stop", "AG-UI: ends the newest run of a thread, wherever it is made", (call) => stop(core, call)),
    route("/ag-ui/*", "AG-UI: a run of the model, agent or workflow of this name", (call) =>
      run(core, call, pathRest(call, "/ag-ui/")),
    ),
  ];
}

async function run(core: ServerCore, call: ServerCall, name?: string): Promise<ServerReply> {
  const body = new WireObject(await call.json(), "");
  const read = agUi.readRequest(body.value);
  const served = { ...read, model: core.models.find(name ?? (read.model || undefined), call.caller).name };
  const [threadId, runId] = [body.requiredString("threadId"), body.requiredString("runId")];
  const meta = { threadId, runId };
  return answer(core, call, { dialect: agUi, served, resumable: true, thread: uiThread(threadId), meta, fields: meta });
}

async function connect(core: ServerCore, call: ServerCall): Promise<ServerReply> {
  const newest = await core.log.newestOf(await threadIn(call));
  const record = newest === undefined ? undefined : await core.log.find(newest);
  // A thread without messages is an empty stream.
  if (record === undefined)
    return { status: 200, headers: { ...STREAM_HEADERS, "content-type": "text/event-stream" }, body: "" };
  const { model = "", threadId = "", runId = "" } = record.meta;
  const fields: JsonObject = { threadId, runId };
  const served = { model, stream: true, request: { messages: [] } };
  return replyWith(core, call, await core.log.read(record.run), { dialect: agUi, served, fields });
}

async function stop(core: ServerCore, call: ServerCall): Promise<ServerReply> {
  const newest = await core.log.newestOf(await threadIn(call));
  return jsonReply({ stopped: newest !== undefined && (await core.log.stop(newest, "the run was stopped")) });
}

async function threadIn(call: ServerCall): Promise<string> {
  return threadOf(call, uiThread(new WireObject(await call.json(), "").requiredString("threadId")));
}

/** Ids of different protocols never meet. */
function uiThread(id: string): string {
  return `${agUi.name}/${id}`;
}
