import { isJsonObject, type JsonObject, type JsonValue, parseJson } from "../../base/json.js";
import type { ServedRequest, WriterContext } from "../../dialects/dialect.js";
import { openAiResponses } from "../../dialects/openai-responses/openai-responses.js";
import { badRequest } from "../../dialects/wire-object.js";
import type { RunReader, RunRecord } from "../../runs/run-log.js";
import type { Envelope } from "../../stream/envelope.js";
import { describe, SluiceError } from "../../stream/error.js";
import type { ServerCall } from "../call.js";
import type { ServerCore } from "../server-core.js";
import { withSummaries } from "./summary-item.js";

/** A response that can be asked for again: a run, and the request that it answers. */
export interface StoredResponse {
  record: RunRecord;
  /** The request's body; its input is the whole conversation. */
  body: JsonObject;
  served: ServedRequest;
}

/** What a run's meta has of the request. */
export function requestMeta(body: JsonObject): Record<string, string> {
  return { request: JSON.stringify(body) };
}

/** Fields of a request that its response repeats as they were given. */
const REPEATED = [
  "text",
  "tool_choice",
  "reasoning",
  "metadata",
  "truncation",
  "top_logprobs",
  "presence_penalty",
  "frequency_penalty",
  "max_tool_calls",
  "safety_identifier",
  "prompt_cache_key",
];

/** The fields of a response's object that the server decides. */
export function serverFields(body: JsonObject): JsonObject {
  const given = REPEATED.flatMap((name) =>
    body[name] === undefined || body[name] === null ? [] : [[name, body[name]]],
  );
  const { text, reasoning, ...repeated } = Object.fromEntries(given) as JsonObject;
  return {
    ...repeated,
    ...(isJsonObject(text) && { text: { format: { type: "text" }, ...text } }),
    ...(isJsonObject(reasoning) && { reasoning: { effort: null, summary: null, ...reasoning } }),
    background: body.background === true,
    store: body.store !== false,
    previous_response_id: body.previous_response_id ?? null,
    instructions: body.instructions ?? null,
  };
}

/** What the dialect reads of a request: the server itself does the rest. */
export function withoutServerFields(body: JsonObject): JsonObject {
  const { background: _, previous_response_id: __, store: ___, ...rest } = body;
  return rest;
}

/** @throws {SluiceError} `not-found` where it was not stored, is not kept any more, or is another's. */
export async function storedResponse(
  core: ServerCore,
  call: Pick<ServerCall, "caller">,
  id: string,
): Promise<StoredResponse> {
  const record = await core.log.find(id);
  const { request, owner } = record?.meta ?? {};
  if (record === undefined || request === undefined || owner !== call.caller.name) {
    throw new SluiceError("not-found", `there is no response ${describe(id)}, or it is not kept any more`, {
      status: 404,
    });
  }
  const body = parseJson(request);
  if (!isJsonObject(body)) throw new SluiceError("protocol", `the request of the response ${id} is damaged`);
  return { record, body, served: openAiResponses.readRequest(withoutServerFields(withSummaries(body))) };
}

/** What a writer needs to write it again as it was. */
export function contextOf({ served, body, record }: StoredResponse): WriterContext {
  const created = Math.floor(record.startedAt / 1_000);
  const ended = record.endedAt === undefined ? {} : { completed: Math.floor(record.endedAt / 1_000) };
  return { model: served.model, request: served.request, created, ...ended, fields: serverFields(body) };
}

/** The response's object as it stands: what the events that are there add up to. */
export async function responseObject(core: ServerCore, stored: StoredResponse): Promise<JsonObject> {
  const { record } = stored;
  const writer = openAiResponses.writer(contextOf(stored));
  const state: { response: JsonObject | undefined; output: JsonValue[] } = { response: undefined, output: [] };
  const note = (frame: { data: string }) => {
    const event = parseJson(frame.data);
    if (!isJsonObject(event)) return;
    if (isJsonObject(event.response)) state.response = event.response;
    if (event.type === "response.output_item.done" && event.item !== undefined) state.output.push(event.item);
  };
  let error: SluiceError | undefined;
  const reader = await core.log.read(record.run);
  for await (const entry of present(reader, record)) {
    if ("error" in entry) error = entry.error;
    else {
      for (const event of entry.events)
        writer.push(event.type === "start" ? { ...event, id: record.run } : event, note);
    }
  }
  const begun = state.response ?? { ...emptyResponse(stored), status: "queued" };
  const response: JsonObject = { ...begun, id: record.run };
  if (response.status === "in_progress") response.output = state.output;
  if (error === undefined) return response;
  if (error.code === "cancelled") return { ...response, status: "cancelled" };
  const failure = { code: error.code, message: error.providerMessage ?? error.message };
  return { ...response, status: "failed", error: failure };
}

/** Before the first output there is no event to write. */
function emptyResponse(stored: StoredResponse): JsonObject {
  const context = contextOf(stored);
  const nothing = { role: "assistant" as const, content: [] };
  const whole = openAiResponses.writeBody(
    { id: stored.record.run, model: context.model, message: nothing, reason: "stop", usage: {} },
    context,
  );
  return { ...whole, usage: null, completed_at: null };
}

/** The entries that a record knows of, without waiting for more. */
async function* present(reader: RunReader, record: RunRecord): AsyncGenerator<Envelope> {
  let next = 0;
  while (next < record.next) {
    const entry = await reader.next();
    if (entry === undefined) break;
    yield entry;
    next = entry.seq + ("events" in entry ? entry.events.length : 1);
  }
  reader.cancel();
}

/**
 * A request whose input is the whole conversation: the messages of the response that it goes on from come first.
 *
 * @throws {SluiceError} `not-found`; `invalid-request` where that response is not complete.
 */
export async function wholeConversation(core: ServerCore, call: ServerCall, body: JsonObject): Promise<JsonObject> {
  const { previous_response_id: previous } = body;
  if (previous === undefined || previous === null) return body;
  if (typeof previous !== "string") throw badRequest("previous_response_id", previous, "a string");
  const stored = await storedResponse(core, call, previous);
  if (stored.record.state !== "finished") {
    throw new SluiceError("invalid-request", `the response ${previous} is not complete`, {
      field: "previous_response_id",
    });
  }
  const { output } = await responseObject(core, stored);
  const answered = Array.isArray(output) ? output : [];
  return { ...body, input: [...itemsOf(stored.body.input), ...answered, ...itemsOf(body.input)] };
}

/** Input as items. */
export function itemsOf(input: JsonValue | undefined): JsonValue[] {
  if (Array.isArray(input)) return input;
  return typeof input === "string" ? [{ type: "message", role: "user", content: input }] : [];
}
