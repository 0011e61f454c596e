import { decodeBase64 } from "../../base/base64.js";
import { isJsonObject, type JsonObject } from "../../base/json.js";
import { lookup } from "../../base/lookup.js";
import type { AssistantPart, ChatMessage, FilePart, TextPart, ToolResultPart } from "../../stream/message.js";
import { Transcript } from "../../stream/transcript.js";
import { badRequest, WireObject } from "../wire-object.js";
import { numberedCallId } from "./call-ids.js";
import { checkPart } from "./check-part.js";
import { objectOf, otherFields, ownOpaque } from "./opaque.js";
import { GeminiPartReader } from "./part-reader.js";
import { readState } from "./signatures.js";
import { readToolResponse } from "./tool-response.js";
import { FILES } from "./write-file.js";

const ROLES = ["user", "model", "function"] as const;

/** What the contents of one conversation know of each other. */
interface History {
  /** Calls without a result, in their order. */
  waiting: { callId: string; name: string }[];
  newId: () => string;
}

/** The messages of a client's request; results of functions, which users bring, become messages of their own. */
export function readMessages(body: WireObject): ChatMessage[] {
  const contents = oneOrMore(body, "contents");
  if (contents.length === 0) throw badRequest("contents", body.any("contents"), "an array of at least one content");
  let made = 0;
  const history: History = { waiting: [], newId: () => numberedCallId(made++) };
  const messages = readSystem(body);
  for (let at = 0; at < contents.length; at++) {
    const run = runAt(contents, at);
    const [content] = run;
    if (content === undefined) continue;
    at += run.length - 1;
    if (content.any("role") === "model") messages.push(...readModel(run, history));
    else messages.push(...readUser(content, history));
  }
  return messages;
}

/** The model's messages in a row: Google's clients keep each chunk of a stream as a content of its own. */
function runAt(contents: readonly WireObject[], at: number): WireObject[] {
  let end = at + 1;
  if (contents[at]?.oneOf("role", ROLES) === "model") {
    while (contents[end]?.any("role") === "model") end++;
  }
  return contents.slice(at, end);
}

function readSystem(body: WireObject): ChatMessage[] {
  const given = body.any("systemInstruction");
  if (given === undefined) return [];
  if (typeof given === "string") return [{ role: "system", content: given }];
  const parts = partsOf(body.requiredObject("systemInstruction"));
  if (parts.length === 0) return [];
  const texts = parts.map((part): TextPart => ({ type: "text", text: part.requiredString("text") }));
  const [only, ...more] = texts;
  return [{ role: "system", content: only !== undefined && more.length === 0 ? only.text : texts }];
}

function readModel(run: readonly WireObject[], history: History): ChatMessage[] {
  const transcript = new Transcript(true);
  const reader = new GeminiPartReader({ newId: history.newId });
  for (const part of run.flatMap(partsOf)) {
    checkPart(part);
    reader.push(part.value, (event) => transcript.push(event));
  }
  reader.calls.finish(false, (event) => transcript.push(event));
  const { content } = transcript.message;
  const parts: readonly AssistantPart[] = typeof content === "string" ? [] : content;
  for (const part of parts) {
    if (part.type !== "tool-call" || part.providerExecuted) continue;
    history.waiting.push({ callId: part.callId, name: part.name });
  }
  const [only, ...more] = parts;
  const plain = only?.type === "text" && only.opaque === undefined && more.length === 0;
  return parts.length === 0 ? [] : [{ role: "assistant", content: plain ? only.text : [...parts] }];
}

function readUser(content: WireObject, history: History): ChatMessage[] {
  const results: ToolResultPart[] = [];
  const parts: (TextPart | FilePart)[] = [];
  const given = partsOf(content);
  if (given.length === 0) throw badRequest(content.field("parts"), content.any("parts"), "at least one part");
  for (const part of given) {
    checkPart(part);
    if (part.has("functionResponse")) results.push(readResult(part, history));
    else parts.push(readUserPart(part.value));
  }
  const [only, ...more] = parts;
  const plain = only?.type === "text" && only.opaque === undefined && more.length === 0;
  return [
    ...(results.length > 0 ? [{ role: "tool" as const, content: results }] : []),
    ...(parts.length > 0 ? [{ role: "user" as const, content: plain ? only.text : parts }] : []),
  ];
}

function readResult(part: WireObject, { waiting, newId }: History): ToolResultPart {
  const result = part.requiredObject("functionResponse");
  const name = result.requiredString("name");
  const id = result.string("id");
  // Without ids, results are in the order of the calls.
  const at = waiting.findIndex((call) => (id === undefined ? call.name === name : call.callId === id));
  const [call] = at === -1 ? [] : waiting.splice(at, 1);
  const files = (result.objects("parts") ?? []).map((file) => file.value);
  const inline = files.filter(({ inlineData }) => isJsonObject(inlineData));
  const others = files.filter(({ inlineData }) => !isJsonObject(inlineData));
  const more = {
    ...otherFields(result.value, ["id", "name", "response", "parts"]),
    ...(others.length > 0 && { parts: others }),
  };
  const extra = Object.keys(more).length > 0 ? { functionResponse: more } : {};
  const { opaque } = readState(part.value, ["functionResponse"], extra);
  return {
    type: "tool-result",
    callId: id ?? call?.callId ?? newId(),
    name,
    ...readToolResponse(objectOf(result.any("response")), inline),
    ...(opaque && { opaque }),
  };
}

/** A part of what the user says. One that only Gemini understands is a text with the part as its state. */
function readUserPart(part: JsonObject): TextPart | FilePart {
  const { text, inlineData, fileData } = part;
  if (typeof text === "string") return { type: "text", text, ...readState(part, ["text"]) };
  if (isJsonObject(inlineData)) {
    const { mimeType, data, ...more } = inlineData;
    const bytes = decodeBase64(String(data).replaceAll("-", "+").replaceAll("_", "/"));
    const state = readFileState(part, "inlineData", more);
    return { type: "file", mediaType: String(mimeType), data: bytes, ...state };
  }
  if (!isJsonObject(fileData)) return { type: "text", text: "", opaque: ownOpaque(part) };
  const { mimeType, fileUri, ...more } = fileData;
  const uri = String(fileUri);
  const data = uri.startsWith(FILES) ? { id: `files/${uri.slice(FILES.length)}` } : { url: uri };
  const mediaType = typeof mimeType === "string" ? mimeType : "application/octet-stream";
  return { type: "file", mediaType, data, ...readFileState(part, "fileData", more) };
}

const DETAILS = lookup<"low" | "high">({
  MEDIA_RESOLUTION_LOW: "low",
  MEDIA_RESOLUTION_HIGH: "high",
});

function readFileState(part: JsonObject, key: string, more: JsonObject): Pick<FilePart, "detail" | "opaque"> {
  const extra = Object.keys(more).length > 0 ? { [key]: more } : {};
  const { level } = objectOf(part.mediaResolution);
  const detail = typeof level === "string" ? DETAILS.get(level) : undefined;
  const { opaque } = readState(part, detail === undefined ? [key] : [key, "mediaResolution"], extra);
  return { ...(detail && { detail }), ...(opaque && { opaque }) };
}

function partsOf(content: WireObject): WireObject[] {
  return oneOrMore(content, "parts");
}

/** Google takes one object for a list of one, and its examples have them. */
function oneOrMore(object: WireObject, key: string): WireObject[] {
  const value = object.any(key);
  return isJsonObject(value) ? [new WireObject(value, object.field(key))] : (object.objects(key) ?? []);
}
