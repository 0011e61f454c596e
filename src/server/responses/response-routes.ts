import { isJsonObject, type JsonObject, type JsonValue } from "../../base/json.js";
import { uuid } from "../../base/uuid.js";
import { openAiResponses } from "../../dialects/openai-responses/openai-responses.js";
import { badRequest, WireObject } from "../../dialects/wire-object.js";
import { SluiceError } from "../../stream/error.js";
import { type Asked, answer, replyWith, startAnswer } from "../answer.js";
import { jsonReply, type ServerCall, type ServerReply } from "../call.js";
import { countTokens } from "../count-tokens.js";
import { endRun } from "../end-run.js";
import { pathRest } from "../path-rest.js";
import type { Route } from "../route.js";
import type { ServerCore } from "../server-core.js";
import { compact } from "./compaction.js";
import {
  contextOf,
  itemsOf,
  requestMeta,
  responseObject,
  serverFields,
  storedResponse,
  wholeConversation,
  withoutServerFields,
} from "./stored-response.js";
import { withSummaries } from "./summary-item.js";

const RESPONSES = "/v1/responses/";

/** OpenAI's Responses: created, read again while they come and afterwards, cancelled and deleted. */
export function responseRoutes(core: ServerCore): Route[] {
  const route = (method: Route["method"], path: string, summary: string, handle: Route["handle"]): Route => {
    return { method, path, summary, handle, errors: openAiResponses };
  };
  return [
    route("POST", "/v1/responses", "OpenAI: a response, in the background too", async (call) =>
      create(core, call, await call.json()),
    ),
    route("POST", "/v1/responses/compact", "OpenAI: a conversation in fewer tokens", (call) => compact(core, call)),
    route("POST", "/v1/responses/input_tokens", "OpenAI: counts the tokens of a response's input", (call) =>
      inputTokens(core, call),
    ),
    route("GET", "/v1/responses/:id", "OpenAI: a response, or its events after `starting_after`", (call) =>
      retrieve(core, call),
    ),
    route("GET", "/v1/responses/:id/input_items", "OpenAI: what a response answers", async (call) => {
      const { body } = await storedResponse(core, call, idIn(call));
      return jsonReply({ object: "list", data: itemsOf(body.input), first_id: null, last_id: null, has_more: false });
    }),
    route("POST", "/v1/responses/:id/cancel", "OpenAI: ends a response, wherever it is made", (call) =>
      cancel(core, call),
    ),
    route("DELETE", "/v1/responses/:id", "OpenAI: forgets a response", async (call) => {
      const { record } = await storedResponse(core, call, idIn(call));
      await endRun(core.log, record.run, "the response was deleted");
      return jsonReply({ id: record.run, object: "response", deleted: await core.log.forget(record.run) });
    }),
  ];
}

/** How a request for a response is to be answered. @throws {SluiceError} `invalid-request`. */
export async function askedOf(
  core: ServerCore,
  call: ServerCall,
  value: JsonValue,
): Promise<Asked & { background: boolean }> {
  const wire = new WireObject(value, "");
  const background = wire.boolean("background") ?? false;
  const store = wire.boolean("store") ?? true;
  if (background && !store) throw badRequest("store", false, "true, for a response in the background");
  const body = await wholeConversation(core, call, wire.value);
  const read = openAiResponses.readRequest(withoutServerFields(withSummaries(body)));
  const id = `resp_${uuid().replaceAll("-", "")}`;
  return {
    dialect: openAiResponses,
    served: read,
    run: id,
    id,
    background,
    fields: serverFields(body),
    ...(store && { meta: requestMeta(body) }),
  };
}

async function create(core: ServerCore, call: ServerCall, value: JsonValue): Promise<ServerReply> {
  const asked = await askedOf(core, call, value);
  if (!asked.background || asked.served.stream) return answer(core, call, asked);
  const { id } = await startAnswer(core, call, asked);
  return jsonReply(await responseObject(core, await storedResponse(core, call, id)));
}

async function inputTokens(core: ServerCore, call: ServerCall): Promise<ServerReply> {
  const body = await wholeConversation(core, call, new WireObject(await call.json(), "").value);
  // The model may be absent here.
  const named = { ...body, model: body.model ?? core.models.find(undefined, call.caller).name };
  const served = openAiResponses.readRequest(withoutServerFields(withSummaries(named)));
  const count = await countTokens(core, call.caller, served);
  return jsonReply({ object: "response.input_tokens", input_tokens: count });
}

async function retrieve(core: ServerCore, call: ServerCall): Promise<ServerReply> {
  const stored = await storedResponse(core, call, idIn(call));
  if (call.query.get("stream") !== "true") return jsonReply(await responseObject(core, stored));
  const { record, served } = stored;
  const { created, completed, fields } = contextOf(stored);
  const asked = { dialect: openAiResponses, served: { ...served, stream: true }, id: record.run };
  const times = { ...(created !== undefined && { created }), ...(completed !== undefined && { completed }) };
  const again = { ...asked, ...times, ...(fields && { fields }) };
  return replyWith(core, call, await core.log.read(record.run), again, { skip: startingAfter(call) + 1 });
}

async function cancel(core: ServerCore, call: ServerCall): Promise<ServerReply> {
  const { record, body } = await storedResponse(core, call, idIn(call));
  if (body.background !== true) {
    throw new SluiceError(
      "invalid-request",
      "only responses in the background are cancelled; others end with their connection",
    );
  }
  await endRun(core.log, record.run, "the response was cancelled");
  return jsonReply(await responseObject(core, await storedResponse(core, call, record.run)));
}

function idIn(call: ServerCall): string {
  return pathRest(call, RESPONSES).split("/", 1)[0] ?? "";
}

function startingAfter(call: ServerCall): number {
  const given = call.query.get("starting_after");
  if (given === null) return -1;
  if (/^\d{1,15}$/.test(given)) return Number(given);
  throw badRequest("starting_after", given, "the sequence_number of an event");
}

/** For the socket: a message that is a request. */
export function bodyOfMessage(value: JsonValue): JsonObject {
  if (isJsonObject(value) && value.type === "response.create") {
    const { type: _, ...body } = value;
    return { ...body, stream: true };
  }
  throw badRequest("type", isJsonObject(value) ? value.type : value, "response.create");
}
