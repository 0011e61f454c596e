import { isJsonObject, type JsonObject, type JsonValue } from "../../base/json.js";
import { dataNameOf } from "../../stream/data-name.js";
import type {
  AssistantPart,
  ChatMessage,
  FilePart,
  InputResponsePart,
  TextPart,
  ToolResultPart,
} from "../../stream/message.js";
import { fromDataUrl } from "../data-url.js";
import { NO_RESULT } from "../history/prepare-history.js";
import type { ParsedInput } from "../tool-input.js";
import { badRequest, type WireObject } from "../wire-object.js";
import { readNote, readOpaque, withResultNote } from "./metadata.js";

/** The messages of a client of the AI SDK (`UIMessage`): each of the assistant's may hold several steps. */
export function readMessages(body: WireObject): ChatMessage[] {
  const messages = body.objects("messages");
  if (messages === undefined) throw badRequest(body.field("messages"), undefined, "an array of messages");
  return messages.flatMap((message) => {
    const role = message.oneOf("role", ["system", "user", "assistant"]);
    const parts = message.objects("parts") ?? [];
    switch (role) {
      case "system":
        return [{ role, content: textOf(parts) }];
      case "user":
        return [{ role, content: parts.flatMap(readUserPart) }];
      case "assistant":
        return readSteps(parts);
      case undefined:
        throw badRequest(message.field("role"), undefined, "system, user, assistant");
      default:
        return role satisfies never;
    }
  });
}

function textOf(parts: readonly WireObject[]): string {
  return parts.map((part) => part.string("text") ?? "").join("");
}

function readUserPart(part: WireObject): (TextPart | FilePart)[] {
  const type = part.requiredString("type");
  if (type === "text") return [{ type, text: part.requiredString("text") }];
  if (type === "file") return [readFile(part)];
  // What an application keeps beside the conversation is not for the model.
  if (type.startsWith("data-")) return [];
  throw badRequest(part.field("type"), type, "text, file, data-…");
}

function readFile(part: WireObject): FilePart {
  const url = part.requiredString("url");
  const filename = part.string("filename");
  const inline = fromDataUrl(url);
  const mediaType = part.string("mediaType") ?? inline?.mediaType ?? "application/octet-stream";
  return { type: "file", mediaType, data: inline?.data ?? { url }, ...(filename !== undefined && { filename }) };
}

/** One assistant message for each step, and one of its tools' results. */
function readSteps(parts: readonly WireObject[]): ChatMessage[] {
  const messages: ChatMessage[] = [];
  let content: AssistantPart[] = [];
  let results: (ToolResultPart | InputResponsePart)[] = [];
  const noted = new Set(parts.map((part) => noteIn(part, part.requiredString("type"))?.callId));
  const waiting: ToolResultPart[] = [];
  const close = () => {
    content.push(...waiting.splice(0));
    if (content.length > 0) messages.push({ role: "assistant", content });
    if (results.length > 0) messages.push({ role: "tool", content: results });
    content = [];
    results = [];
  };
  for (const part of parts) {
    const type = part.requiredString("type");
    const note = noteIn(part, type);
    if (type === "step-start") close();
    else if (note !== undefined) {
      // Where a result came of a tool that the provider ran: other calls may stand between it and its own.
      const at = waiting.findIndex(({ callId }) => callId === note.callId);
      if (at !== -1) content.push(...waiting.splice(at, 1).map((result) => withResultNote(result, note)));
    } else if (type === "dynamic-tool" || type.startsWith("tool-")) {
      const result = readTool(part, type, content, results);
      if (result !== undefined) (noted.has(result.callId) ? waiting : content).push(result);
    } else content.push(...readAssistantPart(part, type));
  }
  close();
  return messages;
}

/** What was noted of a result; `undefined` for any other part. */
function noteIn(part: WireObject, type: string): JsonObject | undefined {
  const data = type === "data-sluice" ? part.any("data") : undefined;
  return isJsonObject(data) && typeof data.callId === "string" ? data : undefined;
}

function readAssistantPart(part: WireObject, type: string): AssistantPart[] {
  const { opaque, refusal } = readNote(part.any("providerMetadata"));
  const text = part.string("text") ?? "";
  switch (type) {
    case "text":
      if (text === "" && opaque === undefined) return [];
      return [{ type, text, ...(refusal && { refusal }), ...(opaque && { opaque }) }];
    case "reasoning":
      return [{ type, text, ...(opaque && { opaque }) }];
    case "file":
      return [readFile(part)];
    case "data-sluice": {
      const data = part.object("data");
      const kept = readOpaque(data?.any("opaque"));
      return kept === undefined ? [] : [{ type: "opaque", name: dataNameOf(data?.string("name") ?? ""), opaque: kept }];
    }
    default:
      // Sources and an application's own parts are for people.
      return [];
  }
}

/** Takes a call and what came of it; returns the result of one that the provider ran. */
function readTool(
  part: WireObject,
  type: string,
  content: AssistantPart[],
  results: (ToolResultPart | InputResponsePart)[],
): ToolResultPart | undefined {
  const state = part.requiredString("state");
  // A call that was cut off in mid-argument was never made.
  if (state === "input-streaming") return undefined;
  const callId = part.requiredString("toolCallId");
  const name = type === "dynamic-tool" ? part.requiredString("toolName") : type.slice("tool-".length);
  const providerExecuted = part.boolean("providerExecuted") === true;
  const { opaque } = readNote(part.any("callProviderMetadata"));
  const own = { ...(providerExecuted && { providerExecuted: true as const }), ...(opaque && { opaque }) };
  content.push({ type: "tool-call", callId, name, ...inputOf(part), ...own });
  // What the provider runs has no result of the client's.
  if (providerExecuted && !state.startsWith("output-")) return undefined;
  const answer = readAnswer(part, state);
  if (answer.type === "input-response") {
    content.push({
      type: "input-request",
      id: answer.id,
      kind: "approval",
      callId,
      name,
      input: part.any("input") ?? {},
    });
    results.push(answer);
    return undefined;
  }
  const result: ToolResultPart = { callId, name, ...answer };
  if (providerExecuted) return { ...result, providerExecuted };
  results.push(result);
  return undefined;
}

/** Arguments that were no JSON stand as the text that they are. */
function inputOf(part: WireObject): ParsedInput {
  const raw = part.has("input") ? undefined : part.any("rawInput");
  if (typeof raw === "string") return { input: raw, invalid: true };
  return { input: part.any("input") ?? raw ?? {} };
}

type ResultFacts = Pick<ToolResultPart, "type" | "output" | "isError">;

/** What came of a call. */
function readAnswer(part: WireObject, state: string): ResultFacts | InputResponsePart {
  const approval = part.object("approval");
  const reason = approval?.string("reason");
  switch (state) {
    case "output-available":
      return { type: "tool-result", output: plainOutput(part.any("output")) };
    case "output-error":
      return { type: "tool-result", output: part.string("errorText") ?? "the tool failed", isError: true };
    case "output-denied":
      return { type: "tool-result", output: reason ?? "the call was denied", isError: true };
    case "approval-responded": {
      const approved = approval?.boolean("approved") === true;
      const response = approved
        ? { type: "approve" as const }
        : { type: "deny" as const, ...(reason !== undefined && { reason }) };
      return { type: "input-response", id: approval?.requiredString("id") ?? "", response };
    }
    // One without any would run when it is sent again.
    case "input-available":
      return { type: "tool-result", output: NO_RESULT, isError: true };
    case "approval-requested":
      return { type: "tool-result", output: "nobody decided about this call", isError: true };
    default:
      throw badRequest(part.field("state"), state, "a state of a tool part");
  }
}

function plainOutput(output: JsonValue | undefined): JsonValue {
  return output === undefined ? null : isJsonObject(output) ? { ...output } : output;
}
