import { isJsonObject, type JsonValue } from "../../base/json.js";
import { native } from "../../dialects/native/native.js";
import { badRequest } from "../../dialects/wire-object.js";
import type { RunRecord } from "../../runs/run-log.js";
import { describe, SluiceError } from "../../stream/error.js";
import { answer, startAnswer } from "../answer.js";
import { jsonReply, type ServerCall, type ServerReply } from "../call.js";
import { begunReply, entriesReply } from "../entries-reply.js";
import { pathRest } from "../path-rest.js";
import type { Route } from "../route.js";
import type { ServerCore } from "../server-core.js";

const RUNS = "/v1/runs/";

/** Sluice's own protocol: runs, read from any number by anyone who owns them. */
export function runRoutes(core: ServerCore): Route[] {
  const route = (method: Route["method"], path: string, summary: string, handle: Route["handle"]): Route => {
    return { method, path, summary, handle, errors: native };
  };
  return [
    route(
      "POST",
      "/v1/runs",
      "Native: begins a run; answers with its entries, or its id where it is in the background",
      (call) => begin(core, call),
    ),
    route("GET", "/v1/runs/:run", "Native: what is known of a run", async (call) =>
      jsonReply(publicRecord(await ownedRun(core, call, runIn(call)))),
    ),
    route("GET", "/v1/runs/:run/stream", "Native: a run's entries, after `Last-Event-ID` or `?after=`", (call) =>
      resume(core, call),
    ),
    route("POST", "/v1/runs/:run/stop", "Native: ends a run, wherever it is written", (call) => stop(core, call)),
    route("DELETE", "/v1/runs/:run", "Native: forgets a run that has ended", async (call) => {
      const { run } = await ownedRun(core, call, runIn(call));
      return jsonReply({ forgotten: await core.log.forget(run) });
    }),
  ];
}

/** A run of the caller's. @throws {SluiceError} `not-found`, for those of others as well. */
async function ownedRun(core: ServerCore, call: Pick<ServerCall, "caller">, run: string): Promise<RunRecord> {
  const record = await core.log.find(run);
  if (record !== undefined && record.meta.owner === call.caller.name) return record;
  throw new SluiceError("not-found", `there is no run ${describe(run)}, or it is not kept any more`, { field: "run" });
}

async function begin(core: ServerCore, call: ServerCall): Promise<ServerReply> {
  const body = await call.json();
  const served = native.readRequest(body);
  const { background, ...names } = callFields(body);
  const asked = { dialect: native, served, resumable: true, background, ...names };
  if (!background && !served.stream) return answer(core, call, asked);
  const run = await startAnswer(core, call, asked);
  return begunReply(call, run, background);
}

async function resume(core: ServerCore, call: ServerCall): Promise<ServerReply> {
  const { run } = await ownedRun(core, call, runIn(call));
  return entriesReply(call, await core.log.read(run, { after: numberOfLast(call) }), run);
}

async function stop(core: ServerCore, call: ServerCall): Promise<ServerReply> {
  const { run } = await ownedRun(core, call, runIn(call));
  return jsonReply({ stopped: await core.log.stop(run, "the run was stopped by its client") });
}

/** The number of the last event that a client has: what a browser says by itself, or what the address says. */
function numberOfLast(call: ServerCall): number {
  const given = call.header("last-event-id") || call.query.get("after");
  if (given === null || given === undefined || given === "") return -1;
  const number = /^-?\d{1,15}$/.test(given) ? Number(given) : Number.NaN;
  if (number >= -1) return number;
  throw badRequest("after", given, "the number of an event, or -1");
}

function runIn(call: ServerCall): string {
  return pathRest(call, RUNS).split("/", 1)[0] ?? "";
}

/** The ids that a client may give its runs. */
const RUN_ID = /^[\w-]{8,64}$/;

function callFields(body: JsonValue): { thread?: string; run?: string; background: boolean } {
  if (!isJsonObject(body)) return { background: false };
  const { thread, run, background = false } = body;
  if (typeof background !== "boolean") throw badRequest("background", background, "true or false");
  const fields: ReturnType<typeof callFields> = { background };
  if (thread !== undefined && thread !== null) {
    if (typeof thread !== "string" || thread === "") throw badRequest("thread", thread, "a string that is not empty");
    fields.thread = thread;
  }
  if (run !== undefined && run !== null) {
    if (typeof run !== "string" || !RUN_ID.test(run))
      throw badRequest("run", run, "8 to 64 letters, digits, `-` and `_`");
    fields.run = run;
  }
  return fields;
}

function publicRecord({ run, state, first, next, startedAt, endedAt, meta }: RunRecord) {
  return { run, state, first, next, startedAt, ...(endedAt !== undefined && { endedAt }), model: meta.model };
}
