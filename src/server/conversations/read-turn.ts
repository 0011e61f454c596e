import type { JsonObject, JsonValue } from "../../base/json.js";
import type { TurnInput } from "../../chat/stored-turn.js";
import { badRequest } from "../../dialects/wire-object.js";
import type { ChatRequest } from "../../stream/chat-request.js";
import { anything, boolean, type Check, exactly, filledString, jsonObject, string } from "../../stream/checks.js";
import type { ChatMessage } from "../../stream/message.js";
import { withBytes } from "../../stream/message-json.js";
import { message } from "../../stream/validate-messages.js";
import { validateRequest } from "../../stream/validate-request.js";
import type { ServerCall } from "../call.js";
import { asRequest, checkedBody } from "../checked-body.js";

/** What a client says in a conversation. */
export interface TurnRequest {
  /** What answers, by the name that it is served under. Default: the first. */
  model?: string;
  /** How the turn begins: with something new, in place of an earlier message, or with an old question. */
  begins: TurnBegins;
  /** Instructions that are sent first and not stored. */
  system?: string;
  /** Temperature, tools and the like. */
  request: Omit<ChatRequest, "messages">;
  /** Stored with the message. */
  metadata?: JsonObject;
  /** Whether nobody waits for the answer. */
  background: boolean;
}

/** How a turn begins. */
export type TurnBegins =
  | { how: "say"; input: TurnInput }
  | { how: "edit"; messageId: string; input: TurnInput }
  | { how: "regenerate"; messageId?: string };

const TURN: Check = exactly(
  "a turn",
  {
    model: filledString,
    input: anything,
    edit: filledString,
    regenerate: anything,
    system: string,
    request: jsonObject,
    metadata: jsonObject,
    background: boolean,
  },
  "body",
);

/** Reads a turn. @throws {SluiceError} `invalid-request`. */
export async function readTurn(call: ServerCall): Promise<TurnRequest> {
  const { model, system, request = {}, metadata, background, ...how } = await checkedBody(call, TURN);
  const asked: object = request as JsonObject;
  asRequest(() => validateRequest({ ...asked, messages: [{ role: "user", content: "" }] }));
  return {
    begins: beginsOf(how),
    request: asked,
    background: background === true,
    ...(typeof model === "string" && { model }),
    ...(typeof system === "string" && system !== "" && { system }),
    ...(metadata !== undefined && { metadata: metadata as JsonObject }),
  };
}

function beginsOf({ input, edit, regenerate }: JsonObject): TurnBegins {
  if (regenerate !== undefined && regenerate !== false) {
    if (input !== undefined || edit !== undefined)
      throw badRequest("regenerate", regenerate, "neither input nor edit beside it");
    if (regenerate === true) return { how: "regenerate" };
    if (typeof regenerate === "string" && regenerate !== "") return { how: "regenerate", messageId: regenerate };
    throw badRequest("regenerate", regenerate, "true, or the id of an answer");
  }
  if (input === undefined) throw badRequest("input", input, "a text, parts or messages; or `regenerate`");
  const given = inputOf(input);
  return typeof edit === "string" ? { how: "edit", messageId: edit, input: given } : { how: "say", input: given };
}

/** A text; parts of a message of the user; a message, or several, of any role. */
function inputOf(input: JsonValue): TurnInput {
  if (typeof input === "string") {
    if (input.trim() === "") throw badRequest("input", input, "a text that is not blank");
    return input;
  }
  const isList = Array.isArray(input);
  const values: JsonValue[] = isList ? input : [input];
  const isParts =
    isList && values.length > 0 && values.every((one) => typeof one === "object" && one !== null && "type" in one);
  if (isParts) return [readMessage({ role: "user", content: values }, "input")];
  if (values.length === 0) throw badRequest("input", input, "at least one part or message");
  return values.map((one, index) => readMessage(one, isList ? `input[${index}]` : "input"));
}

/** A message from its JSON. @throws {SluiceError} `invalid-request` for anything else. */
export function readMessage(value: JsonValue | undefined, path: string): ChatMessage {
  return asRequest(() => {
    const read = withBytes(value as unknown as ChatMessage, path);
    message(read, path);
    return read;
  });
}
